package dev.larkspur.corpus;

import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentFormat;
import java.util.List;

/**
 * What one run of {@link PrepareJob} added to a corpus.
 *
 * @param format as the documents were read
 * @param inputs the files of documents, ordered by path
 * @param documents records read, and skipped by reason
 * @param texts how long the documents are
 * @param train its training shards
 * @param validation its validation shards
 */
public record CorpusPart(
    DocumentFormat format,
    List<InputFile> inputs,
    DocumentCounts documents,
    TextCounts texts,
    SplitManifest train,
    SplitManifest validation) {
  /** Copies the list. */
  public CorpusPart {
    inputs = List.copyOf(inputs);
  }

  /** One of the two splits. */
  public SplitManifest split(Split split) {
    return split == Split.TRAIN ? train : validation;
  }
}
