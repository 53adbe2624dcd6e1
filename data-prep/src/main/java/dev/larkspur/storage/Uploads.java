package dev.larkspur.storage;

import java.io.IOException;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.MultipartUploader;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/** Uploads of files in parts, of which an object store keeps what a killed process has sent. */
public final class Uploads {
  private Uploads() {}

  /**
   * Ends the uploads below a directory that were begun and neither completed nor given up: the
   * store would keep their parts, and charge for them. To be called by whoever alone writes there.
   */
  public static void abortBelow(FileSystem files, Path directory) throws IOException {
    if (!files.hasPathCapability(directory, CommonPathCapabilities.FS_MULTIPART_UPLOADER)) {
      return;
    }
    try (MultipartUploader uploads = files.createMultipartUploader(directory).build()) {
      FutureIO.awaitFuture(uploads.abortUploadsUnderPath(directory));
    }
  }
}
