package dev.larkspur.corpus;

import dev.larkspur.corpus.CorpusDirectory.Damage;
import dev.larkspur.corpus.ManifestHistory.ManifestName;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.Sha256;
import dev.larkspur.storage.TaskFailures;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.tokenizer.EndOfText;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerException;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A finished corpus as one of its manifests describes it. Parts that are added later do not change
 * it. Thread-safe.
 */
public final class Corpus {
  private final CorpusDirectory directory;
  private final CorpusManifest manifest;
  private final Tokenizer tokenizer;

  private Corpus(CorpusDirectory directory, CorpusManifest manifest) throws IOException {
    this.directory = directory;
    this.manifest = manifest;
    this.tokenizer = tokenizer(directory, manifest);
    requireSame(directory, manifest.tokenizer(), tokenizer.identity());
  }

  /** Selects one of the manifests. */
  @FunctionalInterface
  private interface Choice {
    Optional<CorpusManifest> of(ManifestHistory history) throws IOException;
  }

  /**
   * Opens a corpus as it is now: reads its newest manifest, loads its tokenizer, and compares the
   * length of every shard.
   *
   * @param dir directory on any Hadoop file system
   * @throws BadInputException if the corpus is unfinished or of an unknown version, or one of its
   *     files is missing or truncated
   */
  public static Corpus open(String dir, Configuration conf) {
    return open(dir, conf, ManifestHistory::newest);
  }

  /**
   * Opens a corpus as it was when it had a fingerprint, without parts that were added later; as it
   * is now if it never had that fingerprint.
   *
   * @throws BadInputException as {@link #open(String, Configuration)} does
   */
  public static Corpus openAsOf(String dir, String fingerprint, Configuration conf) {
    return open(
        dir,
        conf,
        history -> {
          Optional<CorpusManifest> found = history.find(fingerprint);
          return found.isPresent() ? found : history.newest();
        });
  }

  /**
   * Opens a corpus as one of its manifests describes it, without listing its directory. For workers
   * of a job whose driver has opened the corpus and compared lengths.
   *
   * @param manifest the manifest's {@link CorpusManifest#number}
   * @throws UnreachableCorpusException if this host cannot read the manifest
   * @throws BadInputException if the manifest is truncated, or the tokenizer is missing
   */
  public static Corpus open(String dir, int manifest, Configuration conf) {
    CorpusDirectory directory = new CorpusDirectory(dir, conf);
    try {
      ManifestHistory history = new ManifestHistory(directory, Set.of(ManifestName.of(manifest)));
      return new Corpus(directory, require(directory, history, ManifestHistory::newest));
    } catch (IOException failure) {
      throw new UnreachableCorpusException(dir, failure);
    }
  }

  private static Corpus open(String dir, Configuration conf, Choice choice) {
    CorpusDirectory directory = new CorpusDirectory(dir, conf);
    try {
      ManifestHistory history = new ManifestHistory(directory, directory.list().keySet());
      CorpusManifest manifest = require(directory, history, choice);
      ShardLengths.check(directory, manifest);
      return new Corpus(directory, manifest);
    } catch (IOException failure) {
      throw cannotOpen(dir, failure);
    }
  }

  private static BadInputException cannotOpen(String dir, IOException failure) {
    return new BadInputException(
        "Cannot open the corpus "
            + dir
            + " ("
            + TaskFailures.rootMessage(failure)
            + "): correct the path or the access to its file system.",
        failure);
  }

  private static CorpusManifest require(
      CorpusDirectory directory, ManifestHistory history, Choice choice) throws IOException {
    if (history.isEmpty()) {
      throw new BadInputException(
          directory
              + " contains no finished corpus (no manifest.json): correct the path, or"
              + " prepare the corpus.");
    }
    Optional<CorpusManifest> manifest = choice.of(history);
    if (manifest.isEmpty()) {
      throw new BadInputException(
          directory.path(history.truncated().get(0))
              + " is truncated: if prepare was interrupted, run it again, which gives the same bytes;"
              + " if not, restore the file from an intact copy.");
    }
    return manifest.get();
  }

  private static void requireSame(
      CorpusDirectory directory, TokenizerIdentity manifest, TokenizerIdentity loaded) {
    if (!loaded.equals(manifest)) {
      throw new BadInputException(
          directory
              + " has ids of "
              + described(manifest)
              + " by its manifest, and its tokenizer is "
              + described(loaded)
              + Damage.REMEDY);
    }
  }

  private static String described(TokenizerIdentity tokenizer) {
    return "%s (%s, vocabulary %d, end of text %d)"
        .formatted(
            tokenizer.name(), tokenizer.kind(), tokenizer.vocabulary(), tokenizer.endOfText());
  }

  private static Tokenizer tokenizer(CorpusDirectory directory, CorpusManifest manifest)
      throws IOException {
    TokenizerIdentity identity = manifest.tokenizer();
    if (!identity.hasFile()) {
      return new TokenizerSource(identity.name(), new byte[0]).tokenizer();
    }
    byte[] file;
    try {
      file = directory.read(identity.fileName());
    } catch (FileNotFoundException missing) {
      throw new BadInputException(
          directory.path(identity.fileName()) + " is missing" + Damage.REMEDY, missing);
    }
    if (!Sha256.hex(file).equals(identity.sha256())) {
      throw new BadInputException(
          directory.path(identity.fileName())
              + " is not the tokenizer of the manifest"
              + Damage.REMEDY);
    }
    try {
      return new TokenizerSource(identity.name(), file, EndOfText.of(identity.endOfText()))
          .tokenizer();
    } catch (TokenizerException noSuchEnd) {
      return new TokenizerSource(identity.name(), file).tokenizer();
    }
  }

  /** The manifest that describes the corpus. */
  public CorpusManifest manifest() {
    return manifest;
  }

  /** The tokenizer that produced the ids. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * Checks that this is the corpus that another process has opened.
   *
   * @param fingerprint of the manifest in that process
   * @throws BadInputException if the fingerprints differ
   */
  public void requireFingerprint(String fingerprint) {
    if (!manifest.fingerprint().equals(fingerprint)) {
      throw new BadInputException(
          manifestFile()
              + " differs from the manifest that the driver has read: make the same corpus visible to all hosts"
              + " under this path.");
    }
  }

  /**
   * Reads every shard and compares its SHA-256 with the manifest, in the calling thread; {@link
   * VerifyJob} uses Spark.
   *
   * @throws BadInputException naming the first shard that differs
   */
  public void verify() {
    for (Split split : Split.values()) {
      for (Shard shard : manifest.split(split).shards()) {
        Optional<String> damage =
            shard.written().damage(directory.files(), directory.path(shard.file()));
        if (damage.isPresent()) {
          throw damaged(shard, damage.get(), null);
        }
      }
    }
  }

  BadInputException damaged(Shard shard, String how, Throwable cause) {
    return new BadInputException(
        directory.path(shard.file()) + " is damaged (" + how + ")" + Damage.REMEDY, cause);
  }

  /** Its directory as a qualified path, which means the same in every process. */
  public String path() {
    return directory.toString();
  }

  /** The path of its manifest. */
  public Path manifestFile() {
    return directory.path(ManifestName.of(manifest.number()));
  }

  CorpusDirectory directory() {
    return directory;
  }

  /**
   * This host cannot read a file of a corpus, which may be intact: the directory does not exist on
   * every host, or its storage is unavailable. Another host, or a later attempt, may succeed.
   */
  public static final class UnreachableCorpusException extends TryAgainException {
    private static final long serialVersionUID = 1L;

    UnreachableCorpusException(Object file, Throwable cause) {
      super(
          "Cannot read "
              + file
              + " on "
              + host()
              + " ("
              + TaskFailures.rootMessage(cause)
              + "): the corpus must be readable under the same path on every host"
              + " that runs a worker. There is no sign of damage.",
          cause);
    }

    private static String host() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException nameless) {
        return "this host";
      }
    }
  }

  /** Compares names and lengths of the files in a corpus directory with the manifest. */
  public static final class ShardLengths {
    private ShardLengths() {}

    public static void check(CorpusDirectory directory, CorpusManifest manifest)
        throws IOException {
      Map<String, FileStatus> entries = directory.list();
      for (Split split : Split.values()) {
        for (Shard shard : manifest.split(split).shards()) {
          FileStatus entry = entries.get(shard.file());
          if (entry == null) {
            throw damaged(directory.path(shard.file()) + " is missing");
          }
          if (entry.getLen() != shard.bytes()) {
            throw damaged(
                directory.path(shard.file())
                    + " has "
                    + entry.getLen()
                    + " bytes instead of "
                    + shard.bytes());
          }
        }
      }
    }

    private static BadInputException damaged(String what) {
      return new BadInputException(what + Damage.REMEDY);
    }
  }
}
