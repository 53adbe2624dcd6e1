package dev.larkspur.corpus;

import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.storage.WrittenFile;

import java.util.List;
import java.util.stream.Stream;

/**
 * What one run of {@link PrepareJob} added to a corpus.
 *
 * @param format as the documents were read; of mixed sources each has its own
 * @param inputs the files of documents, ordered by source and path
 * @param documents records read, and skipped by reason
 * @param texts how long the documents are
 * @param sources what each of its sources gave, if several were mixed; else empty
 * @param train its training shards
 * @param validation its validation shards
 * @param leftOut files of the records that are in none of its shards
 */
public record CorpusPart(
    DocumentFormat format,
    List<InputFile> inputs,
    DocumentCounts documents,
    TextCounts texts,
    List<SourceShare> sources,
    SplitManifest train,
    SplitManifest validation,
    List<WrittenFile> leftOut) {
  /** Copies the lists. */
  public CorpusPart {
    inputs = List.copyOf(inputs);
    sources = List.copyOf(sources);
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

  /** Tokens of all documents after curation: without repeats, and with those that were left out. */
  public long tokensOfTexts() {
    return sources.isEmpty()
        ? train.tokens() + validation.tokens()
        : sources.stream()
            .mapToLong(source -> source.train().tokens() + source.validation().tokens())
            .sum();
  }

  /** One of the two splits. */
  public SplitManifest split(Split split) {
    return split == Split.TRAIN ? train : validation;
  }
}
