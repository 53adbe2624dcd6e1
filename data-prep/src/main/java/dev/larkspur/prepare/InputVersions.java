package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.document.DocumentSet.DocumentFile;
import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.storage.TryAgainException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileChecksum;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Determines the versions of document files without reading them. Lists each directory once,
 * because an object store returns a thousand files per request.
 */
final class InputVersions {
  private final Configuration conf;
  private final Map<Path, Map<String, FileStatus>> listings = new HashMap<>();

  InputVersions(Configuration conf) {
    this.conf = conf;
  }

  List<InputFile> of(List<DocumentFile> files) throws IOException {
    List<InputFile> versions = new ArrayList<>();
    for (DocumentFile file : files) {
      versions.add(
          of(file.file())
              .orElseThrow(
                  () ->
                      new FileNotFoundException(
                          file.file() + " was deleted while the documents were listed")));
    }
    return versions;
  }

  /**
   * Checks that files have not changed since they were listed, so that all reads have seen the same
   * content.
   *
   * @throws TryAgainException naming a file that was changed or deleted
   */
  void requireUnchanged(List<InputFile> listed) throws IOException {
    for (InputFile file : listed) {
      if (of(file.file()).filter(file::isUnchanged).isEmpty()) {
        throw new TryAgainException(
            file.file()
                + " was changed while it was read: prepare again when no process writes to it.");
      }
    }
  }

  private Optional<InputFile> of(String file) throws IOException {
    Path path = new Path(file);
    FileSystem system = PrivateBuffers.fileSystem(path, conf);
    FileStatus status = listing(system, path.getParent()).get(path.getName());
    return status == null
        ? Optional.empty()
        : Optional.of(new InputFile(file, status.getLen(), version(system, status), ""));
  }

  private Map<String, FileStatus> listing(FileSystem system, Path directory) throws IOException {
    Map<String, FileStatus> listing = listings.get(directory);
    if (listing == null) {
      listing = new HashMap<>();
      for (FileStatus status : system.listStatus(directory)) {
        listing.put(status.getPath().getName(), status);
      }
      listings.put(directory, listing);
    }
    return listing;
  }

  private static String version(FileSystem system, FileStatus status) throws IOException {
    if (status instanceof EtagSource store && store.getEtag() != null) {
      return "etag " + store.getEtag();
    }
    FileChecksum checksum = system.getFileChecksum(status.getPath());
    return checksum == null
        ? InputFile.changedAt(status.getModificationTime())
        : checksum.getAlgorithmName() + " " + HexFormat.of().formatHex(checksum.getBytes());
  }
}
