package dev.larkspur.corpus;

import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.storage.WrittenFile;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one run of {@code prepare} added to a corpus.
 *
 * @param format as the documents were read; of mixed sources each has its own
 * @param inputs the files of documents, ordered by source and path
 * @param documents records read, and skipped by reason
 * @param texts how long the documents are
 * @param sources what each of its sources gave, if several were mixed; else empty
 * @param output the files that it wrote
 */
public record CorpusPart(
    DocumentFormat format,
    List<InputFile> inputs,
    DocumentCounts documents,
    TextCounts texts,
    List<SourceShare> sources,
    Output output) {
  /** Copies the lists. */
  public CorpusPart {
    inputs = List.copyOf(inputs);
    sources = List.copyOf(sources);
  }

  /**
   * The files of a part.
   *
   * @param train its training shards
   * @param validation its validation shards
   * @param leftOut files of the records that are in none of its shards
   */
  public record Output(SplitManifest train, SplitManifest validation, List<WrittenFile> leftOut) {
    /** Copies the list. */
    public Output {
      leftOut = List.copyOf(leftOut);
    }
  }

  /** Its training shards. */
  public SplitManifest train() {
    return output.train();
  }

  /** Its validation shards. */
  public SplitManifest validation() {
    return output.validation();
  }

  /** All its files. */
  List<WrittenFile> files() {
    return Stream.concat(
            Stream.of(train(), validation())
                .flatMap(split -> split.shards().stream())
                .map(Shard::written),
            output.leftOut().stream())
        .toList();
  }

  /** Tokens of all documents after curation: without repeats, and with those that were skipped. */
  public long tokensOfTexts() {
    return sources.isEmpty()
        ? train().tokens() + validation().tokens()
        : sources.stream()
            .mapToLong(source -> source.train().tokens() + source.validation().tokens())
            .sum();
  }

  /** One of the two splits. */
  public SplitManifest split(Split split) {
    return split == Split.TRAIN ? train() : validation();
  }

  /**
   * A file of documents that a part was made from.
   *
   * @param file its full path, with the scheme of its file system
   * @param bytes its length
   * @param version what changes with its content: the etag of an object store, the checksum of
   *     HDFS, or else the time of the last change
   * @param sha256 of its content, in hexadecimal; empty if the version tells it or nobody has read
   *     it
   */
  public record InputFile(String file, long bytes, String version, String sha256) {
    private static final String CHANGED = "changed ";

    public static String changedAt(long epochMillis) {
      return CHANGED + Instant.ofEpochMilli(epochMillis);
    }

    /** Whether files of equal length and version have the same content, whatever their paths. */
    public boolean versionIsContent() {
      return !version.startsWith(CHANGED);
    }

    /** Whether a file is as it was, without a look at its content. */
    public boolean isUnchanged(InputFile now) {
      return file.equals(now.file) && bytes == now.bytes && version.equals(now.version);
    }

    public InputFile hashed(String hash) {
      return new InputFile(file, bytes, version, hash);
    }
  }

  /**
   * How long documents are.
   *
   * @param bytes length of all texts in UTF-8
   * @param lengths number of documents by their number of tokens, the end of text included: at
   *     index i those of 2^i to 2^(i+1) - 1 tokens; the last number is not 0
   */
  public record TextCounts(long bytes, List<Long> lengths) implements Serializable {
    /** No documents. */
    public static final TextCounts NONE = new TextCounts(0, List.of());

    /** Copies the list. */
    public TextCounts {
      lengths = List.copyOf(lengths);
    }

    /** The sum of both. */
    public TextCounts plus(TextCounts other) {
      List<Long> sum = new ArrayList<>();
      for (int i = 0; i < Math.max(lengths.size(), other.lengths.size()); i++) {
        sum.add(at(lengths, i) + at(other.lengths, i));
      }
      return new TextCounts(bytes + other.bytes, sum);
    }

    private static long at(List<Long> counts, int index) {
      return index < counts.size() ? counts.get(index) : 0;
    }
  }

  /**
   * What one of several mixed sources gave to a part of a corpus.
   *
   * @param name of the source
   * @param share of the tokens that was asked for, above 0 and below 1
   * @param maxEpochs how often a training document could be used
   * @param input what was read
   * @param train what it gave to the training split
   * @param validation what it gave to the validation split
   */
  public record SourceShare(
      String name,
      double share,
      int maxEpochs,
      SourceInput input,
      SourceTokens train,
      SourceTokens validation) {
    /** One of the two splits. */
    public SourceTokens split(Split split) {
      return split == Split.TRAIN ? train : validation;
    }

    /**
     * What was read of a source.
     *
     * @param format as its documents were read
     * @param fields as its documents were read
     * @param files how many of the part's inputs are its own; inputs are ordered by source
     */
    public record SourceInput(DocumentFormat format, DocumentFields fields, int files) {}

    /**
     * What one source gave to one split. Tokens include the end of text of each document.
     *
     * @param documents documents that there were, after curation
     * @param tokens their tokens
     * @param takenDocuments documents that went into the split; one that is used twice counts twice
     * @param takenTokens their tokens
     */
    public record SourceTokens(long documents, long tokens, long takenDocuments, long takenTokens) {
      /** Documents that are not in the split, so that the shares hold. */
      public long leftOut() {
        return Math.max(0, documents - takenDocuments);
      }

      /** How often the documents were used: below 1 if some are skipped. */
      public double epochs() {
        return tokens == 0 ? 0 : (double) takenTokens / tokens;
      }
    }
  }
}
