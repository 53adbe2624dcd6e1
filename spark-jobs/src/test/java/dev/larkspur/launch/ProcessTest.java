package dev.larkspur.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.report.StandardOutput;
import dev.larkspur.storage.TryAgainException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** What a command's process needs of its surroundings, and how it leaves them. */
class ProcessTest {

  @Test
  void inYarnsClusterModeMainReturns() {
    assertThat(ProcessExit.isApplicationMaster(properties("yarn", "cluster"))).isTrue();
    assertThat(ProcessExit.isApplicationMaster(properties("yarn", "client"))).isFalse();
    assertThat(ProcessExit.isApplicationMaster(properties("spark://a:1", "cluster"))).isFalse();
    assertThat(ProcessExit.isApplicationMaster(new Properties())).isFalse();
  }

  @Test
  void yarnIsToldTheExitCodeOfAFailure() {
    assertThat(new ProcessExit.CommandFailedException(75))
        .hasMessage("larkspur ended with exit code 75: its log says why")
        .hasNoCause();
  }

  @Test
  void aJavaThatCannotNameFilesIsRefused() {
    assertThat(NameEncoding.problem("UTF-8")).isEmpty();
    assertThat(NameEncoding.problem("ANSI_X3.4-1968"))
        .hasValueSatisfying(
            text -> assertThat(text).contains("file names as ANSI_X3.4-1968", "LC_ALL=C.UTF-8"));
    assertThat(NameEncoding.problem("ISO-8859-1")).isPresent();
  }

  @Test
  void anotherLineOfSparkIsRefused() {
    assertThat(SparkVersion.problem("4.1.3", "4.1.0")).isEmpty();
    assertThat(SparkVersion.problem("4.1.3", "4.1.4-SNAPSHOT")).isEmpty();
    assertThat(SparkVersion.problem("4.1.3", "3.5.9"))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("this larkspur.jar is built for Spark 4.1, and this is Spark 3.5.9")
                    .contains("-Pspark-3.5"));
    assertThat(SparkVersion.problem("3.5.9", "4.1.3")).isPresent();
    assertThat(SparkVersion.problem("4.1.3", "4.10.0")).isPresent();
  }

  @Test
  void mastersAreKnownByTheirForm() {
    for (String master :
        new String[] {
          "local", "local[*]", "local[2]", "local[2,4]", "spark://a:7077", "yarn", "k8s://https://h"
        }) {
      assertThat(MasterCheck.problem(master)).as(master).isEmpty();
    }
    for (String master : new String[] {"foo", "local[0]", "local[", "spark://", "http://a"}) {
      assertThat(MasterCheck.problem(master)).as(master).isPresent();
    }
  }

  @Test
  void aMasterThatDoesNotAnswerIsToBeTriedAgain() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      MasterCheck.requireReachable("spark://127.0.0.1:" + port);
    }
    assertThatThrownBy(() -> MasterCheck.requireReachable("spark://127.0.0.1:" + port))
        .isInstanceOf(TryAgainException.class)
        .hasMessageStartingWith("Spark cannot be started on spark://127.0.0.1:" + port)
        .hasMessageContaining("Connection refused");
  }

  @Test
  void onlyTheLaunchersOwnProcessHasItsStandardOutput() {
    assertThat(StandardOutput.number("7:3", 7)).hasValue(3);
    assertThat(StandardOutput.number("7:3", 8)).isEmpty();
    assertThat(StandardOutput.number("", 7)).isEmpty();
    assertThat(StandardOutput.number("3", 7)).isEmpty();
  }

  private static Properties properties(String master, String mode) {
    Properties properties = new Properties();
    properties.setProperty("spark.master", master);
    properties.setProperty("spark.submit.deployMode", mode);
    return properties;
  }
}
