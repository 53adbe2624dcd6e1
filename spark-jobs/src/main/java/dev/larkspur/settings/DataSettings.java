package dev.larkspur.settings;

import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.prepare.MixedSource;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.tokenizer.EndOfText;
import dev.larkspur.tokenizer.TokenizerChoice;

import java.util.List;

/**
 * Documents, the corpus made of them, and how.
 *
 * @param documents paths, directories or globs
 * @param corpus URI or path of the corpus's directory
 * @param format format of the documents
 * @param tokenizer {@code gpt2} or the path of a tokenizer
 * @param endOfText the special token that ends documents; null: the usual one of the tokenizer
 * @param context tokens that the model sees of one block
 * @param validationFraction share of the documents held out, above 0 and below 1
 * @param shards Parquet files of the training blocks
 * @param seed seed of the order of the blocks and of the choice of the held-out documents
 * @param fields names of columns and fields of the documents
 * @param rejected how many bad records are tolerated
 * @param curation which documents are left out
 * @param sources sources to mix instead of the documents; empty if there are none
 */
public record DataSettings(
    List<String> documents,
    String corpus,
    DocumentFormat format,
    String tokenizer,
    String endOfText,
    int context,
    double validationFraction,
    int shards,
    long seed,
    DocumentFields fields,
    RejectionLimits rejected,
    CurationSettings curation,
    List<MixedSource> sources) {
  /** Copies the list. */
  public DataSettings {
    sources = List.copyOf(sources);
  }

  /**
   * Paths, directories or globs of the documents.
   *
   * @throws IllegalStateException if they are not set, which the {@link Purpose} allowed
   */
  @Override
  public List<String> documents() {
    return Unset.checked("data.documents", documents);
  }

  /**
   * URI or path of the corpus's directory.
   *
   * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
   */
  @Override
  public String corpus() {
    return Unset.checked("data.corpus", corpus);
  }

  /**
   * {@code gpt2} or the path of a tokenizer.
   *
   * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
   */
  @Override
  public String tokenizer() {
    return Unset.checked("data.tokenizer", tokenizer);
  }

  /** The tokenizer, and what ends its documents. */
  public TokenizerChoice choice() {
    return choice(tokenizer());
  }

  /** A copy of the tokenizer at another place, and what ends its documents. */
  public TokenizerChoice choice(String place) {
    return new TokenizerChoice(place, EndOfText.named(endOfText));
  }

  /** What {@code prepare} needs. */
  public PrepareSettings prepare() {
    return new PrepareSettings(
        sources.isEmpty() ? documents() : List.of(),
        format,
        choice(),
        context,
        validationFraction,
        shards,
        seed,
        corpus(),
        fields,
        rejected,
        curation,
        sources);
  }

  /** The documents and how they are read. */
  public DocumentSource source() {
    return new DocumentSource(documents(), format, fields, rejected);
  }
}
