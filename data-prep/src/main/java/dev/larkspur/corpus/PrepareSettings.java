package dev.larkspur.corpus;

import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.RejectionLimits;
import java.io.Serializable;
import java.util.List;

/**
 * What a corpus is to be made from, and how.
 *
 * @param documents paths and globs of document files; at least one
 * @param format how they are written
 * @param tokenizer {@code gpt2}, or the path of a {@code tokenizer.json}
 * @param context tokens that a model sees; a block has one more, 1 … 1,048,576
 * @param validationFraction share of the documents that are kept for validation, between 0 and 1
 * @param shards number of training shards, 1 … 100,000; there are shards x validationFraction (at
 *     least one) validation shards
 * @param seed decides the split and the order of the blocks
 * @param corpus directory to write
 * @param fields names of columns and fields of the documents
 * @param limits how many bad records are borne
 * @param curation which documents are left out
 */
public record PrepareSettings(
    List<String> documents,
    DocumentFormat format,
    String tokenizer,
    int context,
    double validationFraction,
    int shards,
    long seed,
    String corpus,
    DocumentFields fields,
    RejectionLimits limits,
    CurationSettings curation)
    implements Serializable {
  private static final int LARGEST_CONTEXT = 1 << 20;
  private static final int MOST_SHARDS = 100_000;

  /** Refuses values out of range. */
  public PrepareSettings {
    documents = new DocumentSource(documents, format).paths();
    require(context >= 1 && context <= LARGEST_CONTEXT, "context", context, "1 to 1048576");
    require(
        validationFraction > 0 && validationFraction < 1,
        "validation fraction",
        validationFraction,
        "more than 0 and less than 1");
    require(shards >= 1 && shards <= MOST_SHARDS, "number of shards", shards, "1 to 100000");
    if (corpus.isBlank()) {
      throw new CorpusException("No corpus directory is named: set where to write the corpus.");
    }
  }

  /** Settings of documents with the fields of RefinedWeb, the usual limits and no curation. */
  public PrepareSettings(
      List<String> documents,
      DocumentFormat format,
      String tokenizer,
      int context,
      double validationFraction,
      int shards,
      long seed,
      String corpus) {
    this(
        documents,
        format,
        tokenizer,
        context,
        validationFraction,
        shards,
        seed,
        corpus,
        DocumentFields.REFINED_WEB,
        RejectionLimits.USUAL,
        CurationSettings.OFF);
  }

  private static void require(boolean holds, String what, Object value, String range) {
    if (!holds) {
      throw new CorpusException(
          "The " + what + " " + value + " is out of range: set " + range + ".");
    }
  }

  int shards(Split split) {
    return split == Split.TRAIN
        ? shards
        : (int) Math.max(1, Math.round(shards * validationFraction));
  }

  DocumentSource source() {
    return new DocumentSource(documents, format, fields, limits);
  }
}
