package dev.larkspur.corpus;

import dev.larkspur.document.TaskFailures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/** Hashes shards again. */
final class ShardHash {
  private ShardHash() {}

  /** What is wrong with a shard; empty if it is what the manifest says. */
  static Optional<String> damage(CorpusDirectory directory, Shard shard) {
    MessageDigest digest = Sha256.digest();
    long bytes;
    try (InputStream in = directory.files().open(directory.path(shard.file()))) {
      bytes = new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
    } catch (FileNotFoundException missing) {
      return Optional.of("it is missing");
    } catch (IOException failure) {
      return Optional.of(TaskFailures.rootMessage(failure));
    }
    if (bytes != shard.bytes()) {
      return Optional.of("it has " + bytes + " bytes instead of " + shard.bytes());
    }
    return HexFormat.of().formatHex(digest.digest()).equals(shard.sha256())
        ? Optional.empty()
        : Optional.of("its SHA-256 is not that of the manifest");
  }
}
