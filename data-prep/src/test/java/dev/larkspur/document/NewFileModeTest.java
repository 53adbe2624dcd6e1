package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.storage.ExclusiveFile;
import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.RawFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileModeTest {
  @TempDir private Path directory;

  /** If Hadoop started a process that does, the mode would be that of its setting. */
  @Test
  void onALocalDiskNobodyChangesTheModeOfWhatIsWritten() throws Exception {
    Configuration conf = new Configuration();
    conf.set("fs.permissions.umask-mode", "077");
    conf.set("fs.file.impl.disable.cache", "true");
    org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(directory.toString());
    FileSystem files = RawFiles.of(root, conf);
    NewFile.create(files, new org.apache.hadoop.fs.Path(root, "new/run/summary.json")).close();
    ExclusiveFile.write(
        files, new org.apache.hadoop.fs.Path(root, "other/attempt.json"), new byte[1]);
    Path plain = Files.createDirectories(directory.resolve("plain"));
    Path file = Files.createFile(plain.resolve("file"));
    for (String made : new String[] {"new", "new/run", "other"}) {
      assertThat(Files.getPosixFilePermissions(directory.resolve(made)))
          .as(made)
          .isEqualTo(Files.getPosixFilePermissions(plain));
    }
    for (String made : new String[] {"new/run/summary.json", "other/attempt.json"}) {
      assertThat(Files.getPosixFilePermissions(directory.resolve(made)))
          .as(made)
          .isEqualTo(Files.getPosixFilePermissions(file));
    }
  }
}
