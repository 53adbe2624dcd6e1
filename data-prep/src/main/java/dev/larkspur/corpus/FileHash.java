package dev.larkspur.corpus;

import dev.larkspur.storage.Sha256;
import dev.larkspur.storage.TaskFailures;
import dev.larkspur.storage.WrittenFile;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Optional;

/** Hashes files again. */
final class FileHash {
  private FileHash() {}

  /** What is wrong with a file; empty if it is what the manifest says. */
  static Optional<String> damage(CorpusDirectory directory, WrittenFile file) {
    MessageDigest digest = Sha256.digest();
    long bytes;
    try (InputStream in = directory.files().open(directory.path(file.file()))) {
      bytes = new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
    } catch (FileNotFoundException missing) {
      return Optional.of("it is missing");
    } catch (IOException failure) {
      return Optional.of(TaskFailures.rootMessage(failure));
    }
    if (bytes != file.bytes()) {
      return Optional.of("it has " + bytes + " bytes instead of " + file.bytes());
    }
    return Sha256.hex(digest).equals(file.sha256())
        ? Optional.empty()
        : Optional.of("its SHA-256 is not that of the manifest");
  }
}
