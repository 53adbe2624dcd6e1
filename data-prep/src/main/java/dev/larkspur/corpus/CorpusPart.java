package dev.larkspur.corpus;

import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.WrittenFile;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one run of {@link PrepareJob} added to a corpus.
 *
 * @param format as the documents were read
 * @param inputs the files of documents, ordered by path
 * @param documents records read, and skipped by reason
 * @param texts how long the documents are
 * @param train its training shards
 * @param validation its validation shards
 * @param leftOut files of the records that are in none of its shards
 */
public record CorpusPart(
    DocumentFormat format,
    List<InputFile> inputs,
    DocumentCounts documents,
    TextCounts texts,
    SplitManifest train,
    SplitManifest validation,
    List<WrittenFile> leftOut) {
  /** Copies the lists. */
  public CorpusPart {
    inputs = List.copyOf(inputs);
    leftOut = List.copyOf(leftOut);
  }

  /** All its files. */
  List<WrittenFile> files() {
    return Stream.concat(
            Stream.of(train, validation)
                .flatMap(split -> split.shards().stream())
                .map(Shard::written),
            leftOut.stream())
        .toList();
  }

  /** One of the two splits. */
  public SplitManifest split(Split split) {
    return split == Split.TRAIN ? train : validation;
  }
}
