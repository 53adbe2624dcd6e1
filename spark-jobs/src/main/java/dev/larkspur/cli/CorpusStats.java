package dev.larkspur.cli;

import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.DomainCount;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is in a corpus, as JSON shows it.
 *
 * @param documents tokenized, of all parts
 * @param textBytes their length in UTF-8
 * @param tokens ends of text included
 * @param tokensPerByte tokens without the ends of text, by bytes of text
 * @param tailTokens that filled no block
 * @param trainBlocks blocks to train on
 * @param validationBlocks blocks to validate
 * @param tokensPerBlock context + 1
 * @param recordsRead documents, and records that gave none
 * @param rejected records that gave no document, by reason
 * @param lengths documents by number of tokens
 * @param parts documents of each part, in their order
 * @param domains hosts with the most records; empty if they were not asked for
 * @param fingerprint of the manifest
 */
record CorpusStats(
    long documents,
    long textBytes,
    long tokens,
    double tokensPerByte,
    long tailTokens,
    long trainBlocks,
    long validationBlocks,
    int tokensPerBlock,
    long recordsRead,
    Map<String, Long> rejected,
    Map<String, Long> lengths,
    Map<String, Long> parts,
    List<DomainCount> domains,
    String fingerprint) {

  static CorpusStats of(CorpusManifest manifest, List<DomainCount> domains) {
    long documents = manifest.documents().kept();
    long bytes = manifest.texts().bytes();
    long tokens = manifest.train().tokens() + manifest.validation().tokens();
    return new CorpusStats(
        documents,
        bytes,
        tokens,
        (double) (tokens - documents) / bytes,
        manifest.train().tailTokens() + manifest.validation().tailTokens(),
        manifest.train().blocks(),
        manifest.validation().blocks(),
        manifest.context() + 1,
        manifest.documents().read(),
        rejected(manifest),
        lengths(manifest.texts().lengths()),
        parts(manifest.parts()),
        domains,
        manifest.fingerprint());
  }

  private static Map<String, Long> rejected(CorpusManifest manifest) {
    Map<String, Long> rejected = new LinkedHashMap<>();
    manifest
        .documents()
        .skipped()
        .forEach(
            (reason, count) ->
                rejected.put(reason.name().toLowerCase(Locale.ROOT).replace('_', ' '), count));
    return rejected;
  }

  private static Map<String, Long> lengths(List<Long> counts) {
    Map<String, Long> lengths = new LinkedHashMap<>();
    for (int i = 0; i < counts.size(); i++) {
      lengths.put("%,d to %,d".formatted(1L << i, (2L << i) - 1), counts.get(i));
    }
    return lengths;
  }

  private static Map<String, Long> parts(List<CorpusPart> all) {
    Map<String, Long> parts = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      parts.put("part " + (i + 1), all.get(i).documents().kept());
    }
    return parts;
  }

  /** Domains in the form of the other counts. */
  Map<String, Long> domainCounts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    domains.forEach(count -> counts.put(count.domain(), count.documents()));
    return counts;
  }
}
