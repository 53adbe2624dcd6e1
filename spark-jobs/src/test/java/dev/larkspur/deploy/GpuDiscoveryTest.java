package dev.larkspur.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/gpu-discovery} with a program that prints what NVIDIA's prints. */
class GpuDiscoveryTest {
  private static final String TWO_GPUS =
      """
      GPU 0: NVIDIA H200 (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
      GPU 1: NVIDIA H200 (UUID: GPU-5a1b9c30-7f0e-63c1-8d54-0c9a2f7b1e02)
      """;
  private static final String MIG =
      """
      GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-e86cb44c-6756-fd30-cd4a-1e6da3caf9b0)
        MIG 3g.20gb     Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)
        MIG 3g.20gb     Device  1: (UUID: MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb)
      GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-37d1f2a9-0b3c-1a54-9f1e-6f0c5a1d2b3e)
      """;
  private static final String OLD_MIG =
      """
      GPU 0: A100-SXM4-40GB (UUID: GPU-e86cb44c-6756-fd30-cd4a-1e6da3caf9b0)
        MIG 3g.20gb Device 0: (UUID: MIG-GPU-e86cb44c-6756-fd30-cd4a-1e6da3caf9b0/1/0)
      """;

  @TempDir private Path directory;

  private static String gpus(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> "GPU %d: Tesla T4 (UUID: GPU-%08x-0000-0000-0000-00000000000f)%n".formatted(i, i))
        .collect(Collectors.joining());
  }

  /** Runs the script where nvidia-smi prints a text and ends with a code. */
  private Outcome discover(String listed, int code, Map<String, String> environment)
      throws Exception {
    Path text = Files.writeString(directory.resolve("listed"), listed);
    program(
        "nvidia-smi",
        "#!/bin/bash\n[ \"$*\" = -L ] || exit 99\ncat '%s'\nexit %d\n".formatted(text, code));
    return run(environment, directory.resolve("bin") + ":" + System.getenv("PATH"));
  }

  private void program(String name, String text) throws IOException {
    Path file = directory.resolve("bin").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Outcome run(Map<String, String> environment, String path) throws Exception {
    Path script = Path.of("..", "deploy", "gpu-discovery").toAbsolutePath().normalize();
    ProcessBuilder builder = new ProcessBuilder("/bin/bash", script.toString());
    Map<String, String> all = new HashMap<>(environment);
    all.put("PATH", path);
    builder.environment().remove("CUDA_VISIBLE_DEVICES");
    builder.environment().putAll(all);
    return Outcome.of(builder, directory);
  }

  /** The addresses as Spark reads them. */
  private List<String> addresses(String listed, Map<String, String> environment) throws Exception {
    Outcome outcome = discover(listed, 0, environment);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    ResourceInformation gpus = ResourceInformation.parseJson(outcome.out());
    assertThat(gpus.name()).isEqualTo("gpu");
    return Arrays.asList(gpus.addresses());
  }

  private List<String> visible(String listed, String devices) throws Exception {
    return addresses(listed, Map.of("CUDA_VISIBLE_DEVICES", devices));
  }

  private String refusal(String listed, int code, Map<String, String> environment)
      throws Exception {
    Outcome outcome = discover(listed, code, environment);
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    return outcome.err();
  }

  @Test
  void listsAllGpus() throws Exception {
    assertThat(addresses(TWO_GPUS, Map.of())).containsExactly("0", "1");
    assertThat(addresses(gpus(12), Map.of())).hasSize(12).last().isEqualTo("11");
  }

  @Test
  void countsAsCudaDoesAmongVisibleDevices() throws Exception {
    assertThat(visible(gpus(8), "2,3,7")).containsExactly("0", "1", "2");
    assertThat(visible(TWO_GPUS, "GPU-5a1b9c30-7f0e-63c1-8d54-0c9a2f7b1e02")).containsExactly("0");
    assertThat(visible(TWO_GPUS, "GPU-5a,GPU-5d")).containsExactly("0", "1");
    // CUDA ends the list at -1.
    assertThat(visible(gpus(8), "1,-1,2")).containsExactly("0");
  }

  @Test
  void aProcessSeesOneMigDevice() throws Exception {
    Outcome all = discover(MIG, 0, Map.of());
    assertThat(all.out()).contains("[\"0\"]");
    assertThat(all.err()).contains("of 2 devices one is used");
    assertThat(visible(MIG, "MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb")).containsExactly("0");
    assertThat(visible(OLD_MIG, "MIG-GPU-e86cb44c-6756-fd30-cd4a-1e6da3caf9b0/1/0"))
        .containsExactly("0");
    assertThat(visible(MIG, "GPU-37d1f2a9-0b3c-1a54-9f1e-6f0c5a1d2b3e")).containsExactly("0");
    Outcome one = discover(OLD_MIG, 0, Map.of());
    assertThat(one.out()).contains("[\"0\"]");
    assertThat(one.err()).isEmpty();
  }

  @Test
  void refusesVisibleDevicesThatCudaWouldHideInSilence() throws Exception {
    for (String wrong : List.of("0,8", "GPU-ffff", "MIG-c6d4", "GPU-5", "x", "0,,1")) {
      assertThat(refusal(TWO_GPUS, 0, Map.of("CUDA_VISIBLE_DEVICES", wrong)))
          .as(wrong)
          .contains("CUDA_VISIBLE_DEVICES=" + wrong)
          .contains("which is no device of this host or several");
    }
    assertThat(refusal(TWO_GPUS, 0, Map.of("CUDA_VISIBLE_DEVICES", "0,GPU-5d5b")))
        .contains("twice: CUDA then sees no GPU");
    for (String none : List.of("", "-1", "NoDevFiles")) {
      assertThat(refusal(TWO_GPUS, 0, Map.of("CUDA_VISIBLE_DEVICES", none)))
          .contains("hides all 2 GPUs of this host");
    }
  }

  @Test
  void namesWhatIsWrongWithTheDriver() throws Exception {
    assertThat(refusal("No devices were found\n", 6, Map.of()))
        .contains("\"No devices were found\" (nvidia-smi): the driver sees no GPU");
    assertThat(refusal("No devices found.\n", 0, Map.of())).contains("the driver sees no GPU");
    assertThat(
            refusal(
                "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make"
                    + " sure that the latest NVIDIA driver is installed and running.\n\n",
                9,
                Map.of()))
        .contains("exit code 9", "couldn't communicate", "load or update the NVIDIA driver");
    assertThat(
            refusal(
                """
                Failed to initialize NVML: Driver/library version mismatch
                NVML library version: 550.54
                """,
                18,
                Map.of()))
        .contains("exit code 18 (\"Failed to initialize NVML: Driver/library version mismatch\")");
    assertThat(refusal("", 0, Map.of())).contains("lists no GPU");
    assertThat(refusal("", 124, Map.of())).contains("did not end within 60 s");
  }

  @Test
  void namesAMissingNvidiaSmi() throws Exception {
    Outcome outcome = run(Map.of(), directory.resolve("empty").toString());

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("there is no nvidia-smi on this host: install the NVIDIA driver");
  }
}
