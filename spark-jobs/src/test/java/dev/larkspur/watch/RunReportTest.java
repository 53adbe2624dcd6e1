package dev.larkspur.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.report.chart.LineChart.Series.Point;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
  @TempDir private Path directory;

  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void writeRun() {
    new RunFixture(directory).summary("completed", 3, 3).metrics(1, 3, step -> 5 - step);
  }

  private String write() {
    return RunReport.write(directory.toString(), new Configuration(), notes::add).orElse("none");
  }

  @Test
  void isAFileInTheRunDirectoryWithItsData() throws Exception {
    assertThat(write()).endsWith("/report.html");
    assertThat(Files.readString(directory.resolve(RunReport.FILE)))
        .contains("\"loss\":[4,3,2]", "\"state\":\"completed\"", "uPlot");
    assertThat(notes).isEmpty();
  }

  @Test
  void whatCannotBeWrittenIsANote() throws Exception {
    Files.createDirectories(directory.resolve(RunReport.FILE).resolve("in the way"));
    assertThat(write()).isEqualTo("none");
    assertThat(notes).singleElement().asString().startsWith("no report.html was written: cannot");
  }

  @Test
  void lossesAreThoseOfTraining() {
    assertThat(RunReport.losses(directory.toString(), new Configuration()))
        .containsExactly(new Point(1, 4), new Point(2, 3), new Point(3, 2));
  }
}
