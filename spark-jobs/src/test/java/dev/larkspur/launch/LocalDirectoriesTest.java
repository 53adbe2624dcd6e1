package dev.larkspur.launch;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.run.DirectoryCheck.UnusableDirectoryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDirectoriesTest {
  @TempDir private Path directory;

  @Test
  void oneThatCanBeWrittenIsEnough() throws Exception {
    String file = Files.writeString(directory.resolve("file"), "").toString();
    String both = file + "," + directory.resolve("new/spark");
    assertThatCode(
            () -> LocalDirectories.check(new SparkConf(false), Map.of("SPARK_LOCAL_DIRS", both)))
        .doesNotThrowAnyException();
    assertThatCode(() -> LocalDirectories.check(new SparkConf(false), Map.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void withoutOneTheCauseIsNamed() throws Exception {
    String file = Files.writeString(directory.resolve("file"), "").toString();
    SparkConf conf = new SparkConf(false).set("spark.local.dir", file);
    assertThatThrownBy(() -> LocalDirectories.check(conf, Map.of()))
        .isInstanceOf(UnusableDirectoryException.class)
        .hasMessageContaining("spark.local.dir = " + file)
        .hasMessageContaining("is a file, not a directory");
  }
}
