package dev.larkspur.settings;

import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.prepare.PrepareSettings.MixedSource;
import dev.larkspur.tokenizer.EndOfText;
import dev.larkspur.tokenizer.TokenizerSource.TokenizerChoice;
import java.util.List;

/**
 * Documents, the corpus built from them, and how.
 *
 * @param input what is read
 * @param curation which documents are dropped
 * @param tokenizer {@code gpt2} or the path of a tokenizer
 * @param endOfText the special token that ends documents; null for the tokenizer's default
 * @param corpus URI or path of the corpus's directory
 * @param blocks what the corpus holds
 * @param learned the tokenizer to learn
 */
public record DataSettings(
    @Setting(inline = true) Input input,
    CurationSettings curation,
    String tokenizer,
    String endOfText,
    String corpus,
    @Setting(inline = true) Blocks blocks,
    @Setting(key = ".tokenizer") TokenizerSettings learned) {

  /** What data preparation accepts. */
  static final int LARGEST_CONTEXT = 1 << 20;

  /**
   * What is read.
   *
   * @param documents paths, directories or globs
   * @param sources sources to mix instead of the documents; empty if there are none
   * @param format format of the documents
   * @param fields names of columns and fields of the documents
   * @param rejected how many bad records are tolerated
   */
  public record Input(
      List<String> documents,
      List<MixedSource> sources,
      DocumentFormat format,
      DocumentFields fields,
      RejectionLimits rejected) {
    /** Copies the list. */
    public Input {
      sources = List.copyOf(sources);
    }

    /**
     * Paths, directories or globs of the documents.
     *
     * @throws IllegalStateException if they are not set, which the {@link Purpose} allowed
     */
    @Override
    public List<String> documents() {
      return Purpose.demanded("data.documents", documents);
    }
  }

  /**
   * What the corpus holds.
   *
   * @param context tokens that the model sees of one block
   * @param validationFraction fraction of the documents held out, above 0 and below 1
   * @param shards Parquet files of the training blocks
   * @param seed seed for the order of the blocks and the choice of held-out documents
   */
  public record Blocks(
      @Setting(least = 1, most = LARGEST_CONTEXT) int context,
      @Setting(above = 0, below = 1) double validationFraction,
      @Setting(least = 1, most = 100_000) int shards,
      long seed) {}

  /**
   * The tokenizer to learn from the documents.
   *
   * @param vocabulary entries, including the 256 bytes and the end-of-text token
   * @param out URI or path of the file to write
   */
  public record TokenizerSettings(@Setting(least = 257) int vocabulary, String out) {

    /**
     * URI or path of the file to write.
     *
     * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
     */
    @Override
    public String out() {
      return Purpose.demanded("tokenizer.out", out);
    }
  }

  /**
   * Paths, directories or globs of the documents.
   *
   * @throws IllegalStateException if they are not set, which the {@link Purpose} allowed
   */
  public List<String> documents() {
    return input.documents();
  }

  /**
   * URI or path of the corpus's directory.
   *
   * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
   */
  @Override
  public String corpus() {
    return Purpose.demanded("data.corpus", corpus);
  }

  /**
   * {@code gpt2} or the path of a tokenizer.
   *
   * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
   */
  @Override
  public String tokenizer() {
    return Purpose.demanded("data.tokenizer", tokenizer);
  }

  /** The tokenizer and its end-of-text token. */
  public TokenizerChoice choice() {
    return choice(tokenizer());
  }

  /** A copy of the tokenizer at another path, and its end-of-text token. */
  public TokenizerChoice choice(String place) {
    return new TokenizerChoice(place, EndOfText.named(endOfText));
  }

  /** Tokens that the model sees of one block. */
  public int context() {
    return blocks.context();
  }

  /** What {@code prepare} needs. */
  public PrepareSettings prepare() {
    return new PrepareSettings(
        new PrepareSettings.Input(
            input.sources().isEmpty() ? documents() : List.of(),
            input.format(),
            input.fields(),
            input.rejected(),
            input.sources()),
        choice(),
        new PrepareSettings.Blocks(
            context(), blocks.validationFraction(), blocks.shards(), blocks.seed()),
        curation,
        corpus());
  }

  /** The documents and how they are read. */
  public DocumentSource source() {
    return new DocumentSource(documents(), input.format(), input.fields(), input.rejected());
  }
}
