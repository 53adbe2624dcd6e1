package dev.larkspur.tokenizer;

import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.RawFiles;
import dev.larkspur.storage.TaskFailures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A newly learned tokenizer, as the text of its {@code tokenizer.json}. */
public final class TrainedTokenizer {
  private final byte[] json;

  TrainedTokenizer(byte[] json) {
    this.json = json;
  }

  /** The content of the file. */
  public String json() {
    return new String(json, StandardCharsets.UTF_8);
  }

  /** The tokenizer itself, under the name {@code tokenizer.json}. */
  public Tokenizer tokenizer() {
    return new TokenizerSource("tokenizer.json", json).tokenizer();
  }

  /**
   * The existing tokenizer at a path; empty if there is none, or only a truncated file of an
   * interrupted run, which {@link #write} replaces.
   *
   * @throws TokenizerException if there is any other file, or it cannot be read
   */
  public static Optional<Tokenizer> at(String path, Configuration conf) {
    try {
      Path file = new Path(path);
      Optional<byte[]> there = read(RawFiles.of(file, conf), file);
      if (there.isEmpty() || TokenizerJsonWriter.isTruncated(there.get())) {
        return Optional.empty();
      }
      return Optional.of(new TokenizerSource(file.getName(), there.get()).tokenizer());
    } catch (TokenizerException other) {
      throw another(path, other);
    } catch (IOException | IllegalArgumentException failure) {
      throw cannotWrite(path, failure);
    }
  }

  /**
   * Writes the file, replacing a truncated one of an interrupted run; missing parent directories
   * are created. Does nothing if the same file exists.
   *
   * @throws TokenizerException if there is another file at the path or it cannot be written
   */
  public void write(String path, Configuration conf) {
    try {
      Path file = new Path(path);
      FileSystem files = RawFiles.of(file, conf);
      Optional<byte[]> there = read(files, file);
      if (there.isPresent()) {
        if (Arrays.equals(there.get(), json)) {
          return;
        }
        if (!TokenizerJsonWriter.isTruncated(there.get())) {
          throw another(path, null);
        }
      }
      try (OutputStream out = NewFile.create(files, file)) {
        out.write(json);
      }
    } catch (IOException | IllegalArgumentException failure) {
      throw cannotWrite(path, failure);
    }
  }

  private static Optional<byte[]> read(FileSystem files, Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException none) {
      if (files.exists(file)) {
        throw none;
      }
      return Optional.empty();
    }
  }

  private static TokenizerException another(String path, TokenizerException cause) {
    return new TokenizerException(
        "Another file exists at " + path + ": choose another path, or delete it.", cause);
  }

  private static TokenizerException cannotWrite(String path, Exception failure) {
    return new TokenizerException(
        "Cannot write the tokenizer to "
            + path
            + " ("
            + TaskFailures.rootMessage(failure)
            + "): free space there, or choose a path that can be written.",
        failure);
  }
}
