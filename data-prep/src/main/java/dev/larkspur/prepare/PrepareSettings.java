package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tokenizer.TokenizerSource.TokenizerChoice;
import java.io.Serializable;
import java.util.List;

/**
 * Settings of a corpus to build.
 *
 * @param input the documents
 * @param tokenizer {@code gpt2} or the path of a file, and the token that ends documents
 * @param blocks size, split and shards
 * @param curation which documents are dropped
 * @param corpus directory to write
 */
public record PrepareSettings(
    Input input, TokenizerChoice tokenizer, Blocks blocks, CurationSettings curation, String corpus)
    implements Serializable {
  /** Checks that there is a path. */
  public PrepareSettings {
    if (corpus.isBlank()) {
      throw new BadInputException("No corpus directory is named: set where to write the corpus.");
    }
  }

  /** Settings without curation, for a tokenizer with its default end of text. */
  public PrepareSettings(Input input, String tokenizer, Blocks blocks, String corpus) {
    this(input, TokenizerChoice.of(tokenizer), blocks, CurationSettings.OFF, corpus);
  }

  /**
   * The documents: one source, or several that are mixed.
   *
   * @param documents paths and globs of document files; at least one, or none if sources are mixed
   * @param format of the files
   * @param fields names of columns and fields of the documents
   * @param limits how many bad records are tolerated
   * @param sources sources to mix by shares of the tokens, instead of the documents; none, or at
   *     least two, each with its own format and fields; the limits apply to all together
   */
  public record Input(
      List<String> documents,
      DocumentFormat format,
      DocumentFields fields,
      RejectionLimits limits,
      List<MixedSource> sources)
      implements Serializable {
    /** Checks that there are either documents or sources, and that the sources can be mixed. */
    public Input {
      documents =
          sources.isEmpty()
              ? new DocumentSource(documents, format).paths()
              : List.copyOf(documents);
      sources = checked(sources, documents);
    }

    /** Documents with the fields of RefinedWeb and the default limits. */
    public static Input of(List<String> documents, DocumentFormat format) {
      return new Input(
          documents, format, DocumentFields.REFINED_WEB, RejectionLimits.USUAL, List.of());
    }

    /** The sources in the order of the settings; one source if documents are not mixed. */
    List<DocumentSource> documentSources() {
      return sources.isEmpty()
          ? List.of(new DocumentSource(documents, format, fields, limits))
          : sources.stream()
              .map(MixedSource::documents)
              .map(
                  source ->
                      new DocumentSource(source.paths(), source.format(), source.fields(), limits))
              .toList();
    }

    /** This input with other limits of bad records. */
    Input within(RejectionLimits others) {
      return new Input(documents, format, fields, others, sources);
    }

    private static List<MixedSource> checked(List<MixedSource> sources, List<String> documents) {
      if (!sources.isEmpty() && !documents.isEmpty()) {
        throw new BadInputException(
            "Both documents and sources to mix are named: name one of them.");
      }
      if (sources.size() == 1 || sources.size() > MixedSource.MOST_SOURCES) {
        throw new BadInputException(
            sources.size()
                + " sources cannot be mixed: name 2 to "
                + MixedSource.MOST_SOURCES
                + ", or one as documents.");
      }
      if (sources.stream().map(MixedSource::name).distinct().count() < sources.size()) {
        throw new BadInputException(
            "Two sources have the same name among "
                + sources.stream().map(MixedSource::name).toList()
                + ": give each its own.");
      }
      return List.copyOf(sources);
    }
  }

  /**
   * Size of blocks, and their split into shards.
   *
   * @param context tokens that a model sees; a block has one more, 1 … 1,048,576
   * @param validationFraction fraction of the documents in the validation split, between 0 and 1
   * @param shards number of training shards, 1 … 100,000; there are shards x validationFraction (at
   *     least one) validation shards
   * @param seed determines the split and the order of the blocks
   */
  public record Blocks(int context, double validationFraction, int shards, long seed)
      implements Serializable {
    private static final int LARGEST_CONTEXT = 1 << 20;
    private static final int MOST_SHARDS = 100_000;

    /** Checks that values are in range. */
    public Blocks {
      require(context >= 1 && context <= LARGEST_CONTEXT, "context", context, "1 to 1048576");
      require(
          validationFraction > 0 && validationFraction < 1,
          "validation fraction",
          validationFraction,
          "more than 0 and less than 1");
      require(shards >= 1 && shards <= MOST_SHARDS, "number of shards", shards, "1 to 100000");
    }

    /** The number of shards of a split. */
    int shards(Split split) {
      return split == Split.TRAIN
          ? shards
          : (int) Math.max(1, Math.round(shards * validationFraction));
    }

    /** The same blocks in at most {@code most} shards. */
    Blocks inShardsAtMost(int most) {
      return new Blocks(context, validationFraction, Math.min(shards, most), seed);
    }

    private static void require(boolean holds, String what, Object value, String range) {
      if (!holds) {
        throw new BadInputException(
            "The " + what + " " + value + " is out of range: set " + range + ".");
      }
    }
  }

  /**
   * One of several sources of documents that are mixed by shares of the tokens.
   *
   * @param name in messages and in the manifest
   * @param weight its share is this weight over the sum of all weights; above 0
   * @param maxEpochs how often each of its training documents may be used, 1 … {@link #MOST_EPOCHS}
   * @param documents its documents
   */
  public record MixedSource(String name, double weight, int maxEpochs, DocumentSource documents)
      implements Serializable {
    /** What one byte of a key holds. */
    public static final int MOST_EPOCHS = 100;

    /** What one byte of a key holds. */
    public static final int MOST_SOURCES = 255;

    /** Checks that values are in range. */
    public MixedSource {
      if (name.isBlank()) {
        throw new BadInputException("A source of documents has no name: name it.");
      }
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new BadInputException(
            "The weight " + weight + " of source " + name + " is out of range: set more than 0.");
      }
      if (maxEpochs < 1 || maxEpochs > MOST_EPOCHS) {
        throw new BadInputException(
            "The highest number of epochs "
                + maxEpochs
                + " of source "
                + name
                + " is out of range: set 1 to "
                + MOST_EPOCHS
                + ".");
      }
    }
  }
}
