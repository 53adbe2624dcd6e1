package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusDirectory;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.ManifestHistory;
import dev.larkspur.corpus.ManifestHistory.ManifestName;
import dev.larkspur.corpus.Split;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.DriverFile;
import dev.larkspur.storage.Lease;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;

/**
 * The content of the corpus directory before a run: nothing, a corpus, or leftovers of a killed
 * run.
 */
public final class Leftovers {
  private static final Pattern SHARD =
      Pattern.compile("(train|val)-(\\d{6,9}-)?\\d{5,6}\\.parquet");

  /** Largest number of lease renewals between the manifest and the release of the lease. */
  private static final int MOST_BEATS = 2;

  private final CorpusDirectory directory;
  private final SortedMap<String, FileStatus> entries;
  private final Set<String> names;
  private final List<CorpusManifest> complete;
  private final Optional<CorpusManifest> manifest;

  public Leftovers(CorpusDirectory directory) throws IOException {
    this.directory = directory;
    this.entries = directory.list();
    this.names = entries.keySet();
    ManifestHistory history = new ManifestHistory(directory, names);
    this.complete = history.complete();
    this.manifest = complete.stream().findFirst();
  }

  /** The current manifest; empty if there is no corpus yet. */
  public Optional<CorpusManifest> manifest() {
    return manifest;
  }

  /**
   * Whether a run ended between its last step, writing the newest manifest, and releasing its
   * lease: it was killed, or a response of storage was lost, so that it did not report its result.
   */
  boolean endedUnreported() {
    return manifest.isPresent()
        && names.stream()
            .filter(Lease::isLease)
            .mapToLong(this::changed)
            .anyMatch(
                beat ->
                    changed(ManifestName.of(manifest.get().number()))
                        >= beat - MOST_BEATS * PrepareJob.LEASE_BEAT.toMillis());
  }

  private long changed(String name) {
    return entries.get(name).getModificationTime();
  }

  void refuseForeignFiles() {
    for (String name : names) {
      if (!isOurs(name) && !isHidden(name)) {
        throw new BadInputException(
            directory.path(name)
                + " is not a file of a corpus: remove it, or choose another corpus directory.");
      }
    }
  }

  /** Files such as {@code .nfs0001} and {@code .DS_Store}, which systems create and delete. */
  private static boolean isHidden(String name) {
    return name.startsWith(".");
  }

  private static boolean isOurs(String name) {
    return SHARD.matcher(name).matches()
        || TokenizerIdentity.FILE_NAMES.contains(name)
        || CorpusDirectory.EXCLUDED.contains(name)
        || ManifestName.number(name).isPresent()
        || Lease.isLease(name);
  }

  /** Deletes files that no complete manifest lists. */
  void delete() throws IOException {
    directory.abortUploads();
    Set<String> rest = new HashSet<>(names);
    // Foreign files that have appeared since the check are not ours either.
    rest.removeIf(name -> Lease.isLease(name) || !(isOurs(name) || DriverFile.isOne(name)));
    complete.forEach(each -> rest.remove(ManifestName.of(each.number())));
    if (manifest.isPresent()) {
      rest.remove(manifest.get().tokenizer().fileName());
      for (String excluded : CorpusDirectory.EXCLUDED) {
        // Files of earlier parts stay; only the next part can have been started.
        if (rest.remove(excluded)) {
          directory.delete(CorpusDirectory.ofPart(excluded, manifest.get().number() + 1));
        }
      }
      for (Split split : Split.values()) {
        manifest.get().split(split).shards().forEach(shard -> rest.remove(shard.file()));
      }
    }
    for (String name : rest) {
      directory.delete(name);
    }
  }
}
