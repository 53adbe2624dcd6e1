package dev.larkspur.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A small file that the driver keeps in a directory while executors write to it: an executor that
 * does not see the file would write elsewhere. Only local directories need it; for others it does
 * nothing.
 */
public final class DriverFile implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1L;
  private static final Pattern NAME = Pattern.compile("\\.larkspur-[0-9a-f-]{36}");

  private final String directory;
  private final String file; // empty if nothing needs a proof
  private final String content;
  private final transient FileSystem files;

  private DriverFile(FileSystem files, Path directory, String file, String content) {
    this.files = files;
    this.directory = directory.toString();
    this.file = file;
    this.content = content;
  }

  /** Whether a file name is that of a driver file, which a killed driver may leave. */
  public static boolean isOne(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * Writes a driver file, and checks that every executor sees it.
   *
   * @param directory qualified path; created if it does not exist
   * @throws BadInputException if an executor does not see it; the file is then deleted
   */
  public static DriverFile in(JavaSparkContext spark, FileSystem files, Path directory)
      throws IOException {
    if (!SharedFiles.mustBeChecked(spark, directory)) {
      return new DriverFile(files, directory, "", "");
    }
    String id = UUID.randomUUID().toString();
    Path path = new Path(directory, ".larkspur-" + id);
    try (OutputStream out = files.create(path, true)) {
      out.write(id.getBytes(StandardCharsets.UTF_8));
    }
    DriverFile written = new DriverFile(files, directory, path.toString(), id);
    try {
      SharedFiles.onExecutors(spark, written::missing);
      return written;
    } catch (RuntimeException failure) {
      written.close();
      throw failure;
    }
  }

  /**
   * Checks that this process sees the file.
   *
   * @throws BadInputException if it does not
   */
  public void requireSeen(Configuration conf) {
    String missing = missing(conf);
    if (!missing.isEmpty()) {
      throw SharedFiles.unshared(missing);
    }
  }

  /** Why this process does not see the file; empty if it does. */
  private String missing(Configuration conf) {
    if (file.isEmpty()) {
      return "";
    }
    Path path = new Path(file);
    try (InputStream in = PrivateBuffers.fileSystem(path, conf).open(path)) {
      String found = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return found.equals(content) ? "" : SharedFiles.unseen(directory, "other content");
    } catch (IOException failure) {
      return SharedFiles.unseen(directory, failure.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    if (!file.isEmpty()) {
      files.delete(new Path(file), false);
    }
  }
}
