package dev.larkspur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateBuffersTest {
  private static final String SETTING = "fs.s3a.buffer.dir";
  private static final org.apache.hadoop.fs.Path OBJECT =
      new org.apache.hadoop.fs.Path("s3a://bucket/run");

  @TempDir private Path temporary;

  @Test
  void onlyTheUserReadsWhatIsBeingSent() throws Exception {
    Configuration conf = new Configuration();
    PrivateBuffers.choose(OBJECT, conf);
    Path chosen = Path.of(conf.get(SETTING));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(chosen)))
        .isEqualTo("rwx------");
    Configuration executor = new Configuration(conf);
    executor.set(SETTING, "/of/the/driver");
    executor.set("larkspur.s3a.buffer.dir", "/of/the/driver");
    PrivateBuffers.choose(OBJECT, executor);
    assertThat(executor.get(SETTING)).isEqualTo(chosen.toString());
  }

  @Test
  void theClientOfAnObjectStoreIsMadeWithThem() throws Exception {
    Configuration conf = new Configuration();
    conf.set("fs.s3a.impl", ShelfFileSystem.class.getName());
    conf.set("fs.s3a.impl.disable.cache", "true");
    conf.set("fs.defaultFS", "s3a://bucket");
    try (FileSystem files =
        PrivateBuffers.fileSystem(new org.apache.hadoop.fs.Path("/run"), conf)) {
      assertThat(files.getConf().get(SETTING)).contains("larkspur-buffers-");
    }
  }

  @Test
  void whatTheUserHasChosenStays() {
    Configuration conf = new Configuration();
    conf.set(SETTING, "/mnt/fast");
    PrivateBuffers.choose(OBJECT, conf);
    assertThat(conf.get(SETTING)).isEqualTo("/mnt/fast");
    PrivateBuffers.choose(new org.apache.hadoop.fs.Path("hdfs://host/run"), conf);
    assertThat(conf.get(SETTING)).isEqualTo("/mnt/fast");
  }

  @Test
  void whatAKilledProcessHasLeftIsDeleted() throws Exception {
    Path killed = Files.createDirectory(temporary.resolve("larkspur-buffers-1"));
    Files.writeString(killed.resolve("lock"), "");
    Files.writeString(killed.resolve("s3ablock-0001.tmp"), "parameters");
    Path foreign = Files.createDirectory(temporary.resolve("larkspur-buffers-2"));
    Path beingMade = Files.createDirectory(temporary.resolve("larkspur-new-buffers-3"));
    Files.writeString(beingMade.resolve("lock"), "");
    Path living = PrivateBuffers.in(temporary).directory();
    PrivateBuffers.in(temporary);
    assertThat(killed).doesNotExist();
    assertThat(foreign).exists();
    assertThat(beingMade).exists();
    assertThat(living).exists();
    assertThat(living.getFileName().toString()).startsWith("larkspur-buffers-");
  }
}
