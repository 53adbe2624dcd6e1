package dev.larkspur.export;

import dev.larkspur.document.NewFile;
import dev.larkspur.document.RawFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A directory with a model's files, on any Hadoop file system. */
public final class ModelDirectory {
  static final String CONFIG = "config.json";
  static final String TENSORS = "model.safetensors";

  private final FileSystem files;
  private final Path root;

  /**
   * A directory that may not exist yet.
   *
   * @throws ModelException if its file system cannot be reached
   */
  public ModelDirectory(String directory, Configuration conf) {
    try {
      root = new Path(directory);
      files = RawFiles.of(root, conf);
    } catch (IOException | IllegalArgumentException e) {
      throw new ModelException(
          "%s cannot be used (%s): correct the path or the settings of its file system"
              .formatted(directory, e.getMessage()),
          e);
    }
  }

  Path path(String name) {
    return new Path(root, name);
  }

  boolean has(String name) {
    try {
      return files.exists(path(name));
    } catch (IOException e) {
      throw cannot("look for", name, e);
    }
  }

  byte[] read(String name) {
    try (InputStream in = files.open(path(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw cannot("read", name, e);
    }
  }

  InputStream open(String name) throws IOException {
    return files.open(path(name));
  }

  /** What writes a file. */
  @FunctionalInterface
  interface Content {
    void to(OutputStream out) throws IOException;
  }

  void write(String name, Content content) {
    try (OutputStream out = NewFile.create(files, path(name))) {
      content.to(out);
    } catch (IOException e) {
      throw cannot("write", name, e);
    }
  }

  void write(String name, String text) {
    write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  ModelException cannot(String act, String name, IOException e) {
    return new ModelException("cannot %s %s (%s)".formatted(act, path(name), e.getMessage()), e);
  }
}
