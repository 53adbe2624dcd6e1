package dev.larkspur.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.storage.BadInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SubmitArgumentsTest {

  @Test
  void whatComesBeforeTheCommandIsSparks() {
    SubmitArguments arguments =
        parse(
            "--master",
            "yarn",
            "--deploy-mode=cluster",
            "--supervise",
            "--conf",
            "spark.a=b=c",
            "--queue",
            "q",
            "train",
            "--conf",
            "small.conf",
            "--master",
            "local");

    assertThat(arguments.options())
        .containsExactly(
            "--master",
            "yarn",
            "--deploy-mode=cluster",
            "--supervise",
            "--conf",
            "spark.a=b=c",
            "--queue",
            "q");
    assertThat(arguments.command())
        .containsExactly("train", "--conf", "small.conf", "--master", "local");
    assertThat(arguments.properties())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("spark.master", "yarn", "spark.submit.deployMode", "cluster", "spark.a", "b=c"));
  }

  @Test
  void itsOwnOptionsStandAmongThem() {
    String url = "hdfs:///lib/larkspur.jar?a=b";
    for (SubmitArguments arguments :
        List.of(
            parse("--master", "yarn", "--application", url, "--dry-run", "--queue", "q", "train"),
            parse(
                "--dry-run",
                "--master",
                "yarn",
                "--queue",
                "q",
                "--application=" + url,
                "train"))) {
      assertThat(arguments.own()).isEqualTo(new SubmitArguments.Own(url, true));
      assertThat(arguments.options()).containsExactly("--master", "yarn", "--queue", "q");
      assertThat(arguments.command()).containsExactly("train");
    }
    assertThat(parse("train", "--dry-run").own()).isEqualTo(new SubmitArguments.Own(null, false));
  }

  @Test
  void theMasterOfTheCommandCountsUnlessSparkHasOne() {
    assertThat(parse("train").withMaster(Optional.of("yarn")).options())
        .containsExactly("--master", "yarn");
    assertThat(parse("--master", "yarn", "train").withMaster(Optional.of("local")).options())
        .containsExactly("--master", "yarn");
  }

  @Test
  void optionsOnTheWrongSideAreRefusedWithTheRule() {
    assertThatThrownBy(() -> parse("--run", "runs/a", "train"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "--run is not an option of spark-submit: options of the command go after the command");
    assertThatThrownBy(() -> parse("--conf", "small.conf", "train"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("a file of settings goes after the command");
    assertThatThrownBy(() -> parse("--master", "yarn"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("there is no command to submit");
  }

  @Test
  void aSubmissionIsManagedWithoutACommand() {
    assertThat(parse("--master", "spark://h:7077", "--kill", "driver-1").command()).isEmpty();
  }

  private static SubmitArguments parse(String... arguments) {
    return SubmitArguments.parse(List.of(arguments));
  }
}
