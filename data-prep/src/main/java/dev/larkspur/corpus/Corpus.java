package dev.larkspur.corpus;

import dev.larkspur.document.TaskFailures;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;

/** A finished corpus. Safe for use by many threads. */
public final class Corpus {
  private final CorpusDirectory directory;
  private final CorpusManifest manifest;
  private final Tokenizer tokenizer;

  private Corpus(CorpusDirectory directory, CorpusManifest manifest, Tokenizer tokenizer) {
    this.directory = directory;
    this.manifest = manifest;
    this.tokenizer = tokenizer;
  }

  /**
   * Opens a corpus: its manifest is read, its tokenizer loaded, and the length of every shard
   * compared.
   *
   * @param dir directory on any Hadoop file system
   * @throws CorpusException if the corpus is unfinished, of an unknown version, or a file of it is
   *     missing or cut
   */
  public static Corpus open(String dir, Configuration conf) {
    CorpusDirectory directory = new CorpusDirectory(dir, conf);
    try {
      if (!directory.list().containsKey(CorpusDirectory.MANIFEST)) {
        throw new CorpusException(
            dir
                + " holds no finished corpus (there is no manifest.json): correct the path, or"
                + " prepare the corpus.");
      }
      CorpusManifest manifest = manifest(directory);
      ShardLengths.check(directory, manifest);
      return new Corpus(directory, manifest, tokenizer(directory, manifest));
    } catch (IOException failure) {
      throw new CorpusException(
          "Cannot open the corpus "
              + dir
              + " ("
              + TaskFailures.rootMessage(failure)
              + "): correct the path or the access to its file system.",
          failure);
    }
  }

  private static CorpusManifest manifest(CorpusDirectory directory) throws IOException {
    String where = directory.path(CorpusDirectory.MANIFEST).toString();
    byte[] json = directory.read(CorpusDirectory.MANIFEST);
    try {
      return ManifestJson.read(where, json);
    } catch (IOException broken) {
      throw new CorpusException(
          where + " is cut or broken: prepare the corpus again, which gives the same bytes.",
          broken);
    }
  }

  private static Tokenizer tokenizer(CorpusDirectory directory, CorpusManifest manifest)
      throws IOException {
    if (manifest.tokenizer().sha256().isEmpty()) {
      return new TokenizerSource(manifest.tokenizer().name(), new byte[0]).tokenizer();
    }
    if (!directory.list().containsKey(CorpusDirectory.TOKENIZER)) {
      throw new CorpusException(
          directory.path(CorpusDirectory.TOKENIZER) + " is missing" + Damage.REMEDY);
    }
    byte[] file = directory.read(CorpusDirectory.TOKENIZER);
    if (!Sha256.hex(file).equals(manifest.tokenizer().sha256())) {
      throw new CorpusException(
          directory.path(CorpusDirectory.TOKENIZER)
              + " is not the tokenizer of the manifest"
              + Damage.REMEDY);
    }
    return new TokenizerSource(manifest.tokenizer().name(), file).tokenizer();
  }

  /** What the corpus is. */
  public CorpusManifest manifest() {
    return manifest;
  }

  /** The tokenizer that made the ids. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * Reads every shard and compares its SHA-256 with the manifest.
   *
   * @throws CorpusException naming the first shard that differs
   */
  public void verify() {
    for (Split split : Split.values()) {
      for (Shard shard : manifest.split(split).shards()) {
        verify(shard);
      }
    }
  }

  private void verify(Shard shard) {
    MessageDigest digest = Sha256.digest();
    try (InputStream in = directory.files().open(directory.path(shard.file()))) {
      new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
    } catch (IOException failure) {
      throw damaged(shard, TaskFailures.rootMessage(failure), failure);
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(shard.sha256())) {
      throw damaged(shard, "its SHA-256 is not that of the manifest", null);
    }
  }

  CorpusException damaged(Shard shard, String how, Throwable cause) {
    return new CorpusException(
        directory.path(shard.file()) + " is damaged (" + how + ")" + Damage.REMEDY, cause);
  }

  CorpusDirectory directory() {
    return directory;
  }
}
