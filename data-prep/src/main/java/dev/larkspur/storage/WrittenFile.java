package dev.larkspur.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file that was written, as a manifest lists it.
 *
 * @param file its name inside the directory of the manifest
 * @param bytes its length
 * @param sha256 of its content, in hexadecimal
 */
public record WrittenFile(String file, long bytes, String sha256) implements Serializable {
  /** A file with these bytes. */
  public static WrittenFile of(String file, byte[] content) {
    return new WrittenFile(file, content.length, Sha256.hex(content));
  }

  /** The same file, named relative to a parent directory. */
  public WrittenFile in(String folder) {
    return new WrittenFile(folder + "/" + file, bytes, sha256);
  }

  /** Reads the file again; returns the damage, or empty if it is intact. */
  public Optional<String> damage(FileSystem files, Path path) {
    MessageDigest digest = Sha256.digest();
    long read;
    try (InputStream in = files.open(path)) {
      read = new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
    } catch (FileNotFoundException missing) {
      return Optional.of("it is missing");
    } catch (IOException failure) {
      return Optional.of(TaskFailures.rootMessage(failure));
    }
    if (read != bytes) {
      return Optional.of("it has " + read + " bytes instead of " + bytes);
    }
    return Sha256.hex(digest).equals(sha256)
        ? Optional.empty()
        : Optional.of("its SHA-256 differs from the manifest");
  }
}
