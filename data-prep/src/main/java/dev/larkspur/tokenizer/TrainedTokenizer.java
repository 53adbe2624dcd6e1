package dev.larkspur.tokenizer;

import dev.larkspur.document.RawFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A tokenizer that was just learned: the text of its {@code tokenizer.json}. */
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
   * Writes the file; folders above it are made. Does nothing if the very same file is there.
   *
   * @throws TokenizerException if there is another file at the path or it cannot be written
   */
  public void write(String path, Configuration conf) {
    try {
      Path file = new Path(path);
      FileSystem files = RawFiles.of(file, conf);
      if (files.exists(file)) {
        try (InputStream in = files.open(file)) {
          if (Arrays.equals(in.readAllBytes(), json)) {
            return;
          }
        }
        throw new TokenizerException(
            "Another file is already at " + path + ": choose another path, or delete it.");
      }
      try (OutputStream out = files.create(file, false)) {
        out.write(json);
      }
    } catch (IOException | IllegalArgumentException failure) {
      throw new TokenizerException(
          "Cannot write the tokenizer to "
              + path
              + " ("
              + failure.getMessage()
              + "): choose a path that can be written.",
          failure);
    }
  }
}
