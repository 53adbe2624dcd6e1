package dev.larkspur.corpus;

import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.storage.WrittenFile;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The part that one run of {@code prepare} added to a corpus.
 *
 * @param format format in which the documents were read; in a mixture, each source has its own
 * @param inputs the document files, ordered by source and path
 * @param documents records read, and skipped by reason
 * @param texts lengths of the documents
 * @param sources share of each source in a mixture; empty if sources were not mixed
 * @param output the files that the run wrote
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
   * @param leftOut files of records that are in none of its shards
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

  /**
   * Tokens of all documents after curation, without repetitions, and including documents that the
   * mixture excluded.
   */
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
   * A document file that a part was built from.
   *
   * @param file its full path, with the scheme of its file system
   * @param bytes its length
   * @param version a value that changes with the content: the etag of an object store, the checksum
   *     of HDFS, or else the modification time
   * @param sha256 of its content, in hexadecimal; empty if the version identifies the content, or
   *     the file was not read
   */
  public record InputFile(String file, long bytes, String version, String sha256) {
    private static final String CHANGED = "changed ";

    public static String changedAt(long epochMillis) {
      return CHANGED + Instant.ofEpochMilli(epochMillis);
    }

    /**
     * Whether files of equal length and version have the same content, regardless of their paths.
     */
    public boolean versionIsContent() {
      return !version.startsWith(CHANGED);
    }

    /** Whether a file is unchanged, judged without reading it. */
    public boolean isUnchanged(InputFile now) {
      return file.equals(now.file) && bytes == now.bytes && version.equals(now.version);
    }

    public InputFile hashed(String hash) {
      return new InputFile(file, bytes, version, hash);
    }
  }

  /**
   * Lengths of documents.
   *
   * @param bytes length of all texts in UTF-8
   * @param lengths histogram of documents by number of tokens, end of text included: at index i the
   *     documents of 2^i to 2^(i+1) - 1 tokens; the last count is not 0
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
   * The share of one of several mixed sources in a part of a corpus.
   *
   * @param name of the source
   * @param share requested fraction of the tokens, above 0 and below 1
   * @param maxEpochs how often a training document may be used
   * @param input what was read
   * @param train its tokens in the training split
   * @param validation its tokens in the validation split
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
     * The input of a source.
     *
     * @param format in which its documents were read
     * @param fields in which its documents were read
     * @param files number of its files among the inputs of the part, which are ordered by source
     */
    public record SourceInput(DocumentFormat format, DocumentFields fields, int files) {}

    /**
     * Tokens of one source in one split, including the end of text of each document.
     *
     * @param documents available documents, after curation
     * @param tokens their tokens
     * @param takenDocuments documents in the split; one that is used twice counts twice
     * @param takenTokens their tokens
     */
    public record SourceTokens(long documents, long tokens, long takenDocuments, long takenTokens) {
      /** Documents that were excluded from the split to reach the requested shares. */
      public long excluded() {
        return Math.max(0, documents - takenDocuments);
      }

      /** Passes over the documents: below 1 if some are skipped. */
      public double epochs() {
        return tokens == 0 ? 0 : (double) takenTokens / tokens;
      }
    }
  }
}
