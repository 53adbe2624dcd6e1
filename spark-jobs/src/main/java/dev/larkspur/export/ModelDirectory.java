package dev.larkspur.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.QualifiedPath;
import dev.larkspur.storage.RawFiles;
import java.io.FileNotFoundException;
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
  static final String GGUF = "model.gguf";
  static final String GRAPH = "dl4j-model.zip";
  static final String TENSORS = "model.safetensors";

  /** Most bytes of a file that is read into memory; the largest tokenizers have a third of it. */
  private static final int LARGEST = 100 << 20;

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final FileSystem files;
  private final Path root;

  /**
   * A directory that may not exist yet.
   *
   * @throws BadInputException if its file system cannot be reached
   */
  public ModelDirectory(String directory, Configuration conf) {
    try {
      root = QualifiedPath.of(directory, conf);
      files = RawFiles.of(root, conf);
    } catch (IOException | IllegalArgumentException e) {
      throw new BadInputException(
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
      throw cannot("access", name, e);
    }
  }

  /**
   * The content of a file, read into memory.
   *
   * @throws BadInputException if it is not a file, or is larger than any of its kind
   */
  byte[] read(String name) {
    try (InputStream in = files.open(path(name))) {
      byte[] content = in.readNBytes(LARGEST + 1);
      if (content.length > LARGEST) {
        throw new BadInputException(
            "%s has more than %,d bytes: it is not what its name says; get it again"
                .formatted(path(name), LARGEST));
      }
      return content;
    } catch (IOException e) {
      throw cannot("read", name, e);
    }
  }

  /**
   * The content of a file of JSON.
   *
   * @throws BadInputException if it is not a JSON object, or has a duplicate name
   */
  JsonNode readJson(String name) {
    JsonNode json;
    try {
      json = JSON.readTree(read(name));
    } catch (IOException e) {
      throw new BadInputException(
          "%s is not JSON (%s): get it again"
              .formatted(
                  path(name),
                  e instanceof JsonProcessingException bad
                      ? bad.getOriginalMessage()
                      : e.getMessage()),
          e);
    }
    if (!json.isObject()) {
      throw new BadInputException(path(name) + " is not a JSON object: get it again");
    }
    return json;
  }

  InputStream open(String name) throws IOException {
    return files.open(path(name));
  }

  /** Writes the content of a file. */
  @FunctionalInterface
  interface Content {
    void to(OutputStream out) throws IOException;
  }

  void write(String name, Content content) {
    try {
      NewFile out = NewFile.create(files, path(name));
      boolean complete = false;
      try {
        content.to(out);
        out.close();
        complete = true;
      } finally {
        if (!complete) {
          discard(out, name);
        }
      }
    } catch (IOException e) {
      throw cannot("write", name, e);
    }
  }

  /** An incomplete file would look like a model. */
  private void discard(NewFile out, String name) throws IOException {
    if (!out.abort()) {
      try {
        out.close();
      } finally {
        files.delete(path(name), false);
      }
    }
  }

  void write(String name, String text) {
    write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  RuntimeException cannot(String act, String name, IOException e) {
    String message = "cannot %s %s (%s): ".formatted(act, path(name), e.getMessage());
    return e instanceof FileNotFoundException
        ? new BadInputException(message + "correct the path, or complete the directory", e)
        : new ModelStorageException(message + "check the storage, and run it again", e);
  }

  /** Storage failed while a model was written or read; the message names the file. */
  public static final class ModelStorageException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    ModelStorageException(String message, Throwable cause) {
      super(message, cause, FAILURE);
    }
  }
}
