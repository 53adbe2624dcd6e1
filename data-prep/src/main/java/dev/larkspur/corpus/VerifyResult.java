package dev.larkspur.corpus;

import java.util.List;

/**
 * What {@link VerifyJob} found.
 *
 * @param files hashed: shards, and what holds the records that were left out
 * @param bytes of all of them
 * @param problems each a sentence that names a file; empty if the corpus is whole
 * @param cutManifests manifests that a killed run left unfinished: they do not count, and the next
 *     run removes them
 */
public record VerifyResult(
    int files, long bytes, List<String> problems, List<String> cutManifests) {
  /** Copies the lists. */
  public VerifyResult {
    problems = List.copyOf(problems);
    cutManifests = List.copyOf(cutManifests);
  }
}
