package dev.larkspur.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.benchmark.Processor;
import dev.larkspur.doctor.MachineFacts.GpuFacts;
import dev.larkspur.doctor.MachineFacts.Space;
import dev.larkspur.doctor.Rate.Quantity;
import dev.larkspur.launch.NativeTuning;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdviceTest {
  private static final Processor PROCESSOR =
      new Processor("Xeon 9000", List.of("avx512f", "avx512_bf16"), 8);
  private static final Space SPACE = new Space(16_000_000_000L, 2_000_000_000L, 5_000_000_000L);
  private static final GpuFacts H200 = new GpuFacts("NVIDIA H200", "9.0", new TreeMap<>());

  @Test
  void aTunedIdleMachineHasNoFindings() {
    assertThat(Advice.of(machine(PROCESSOR, 8, 0.1, Map.of()), List.of())).isEmpty();
  }

  @Test
  void anUnknownLoadIsNoFinding() {
    assertThat(Advice.of(machine(PROCESSOR, 8, -1, Map.of()), List.of())).isEmpty();
  }

  @Test
  void otherLoadIsReported() {
    assertThat(only(machine(PROCESSOR, 8, 5, Map.of())).problem())
        .isEqualTo("other programs have used 5.0 of 8 cores in the last minute");
  }

  @Test
  void fewerThreadsThanCoresAreReported() {
    assertThat(only(machine(PROCESSOR, 8, 0, Map.of("OMP_NUM_THREADS", "4"))).problem())
        .isEqualTo("OMP_NUM_THREADS = 4, but there are 8 cores");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "16", "many", "99999999999"})
  void otherNumbersOfThreadsAreNot(String threads) {
    assertThat(Advice.of(machine(PROCESSOR, 8, 0, Map.of("OMP_NUM_THREADS", threads)), List.of()))
        .isEmpty();
  }

  @Test
  void aRestrictedProcessIsReported() {
    assertThat(only(machine(PROCESSOR, 2, 0, Map.of())).problem())
        .isEqualTo("this process may use 2 of the machine's 8 cores");
  }

  @Test
  void missingVariablesAreNamedWithTheirValues() {
    Finding finding = only(machine(PROCESSOR, 8, 0, Map.of("MALLOC_ARENA_MAX", "4")));
    assertThat(finding.problem())
        .endsWith(": MALLOC_ARENA_MAX=1")
        .contains("up to 2.6 times as fast");
    assertThat(finding.remedy()).contains("deploy/larkspur");
  }

  @Test
  void aProcessorWithoutBf16IsReported() {
    Processor old = new Processor("Xeon 1", List.of("avx2"), 8);
    Finding finding = only(machine(old, 8, 0, Map.of()));
    assertThat(finding.problem()).contains("no instructions for bf16");
    assertThat(finding.remedy()).isEqualTo("set training.precision = fp32");
  }

  @Test
  void measuredProductsCountMoreThanInstructions() {
    Processor old = new Processor("Xeon 1", List.of("avx2"), 8);
    assertThat(Advice.of(machine(old, 8, 0, Map.of()), products(1e11, 2e11))).isEmpty();
    assertThat(Advice.of(machine(PROCESSOR, 8, 0, Map.of()), products(2e11, 1e11)))
        .extracting(Finding::problem)
        .containsExactly(
            "matrix products in bf16 have 0.50 times the speed of fp32 on this processor");
  }

  @Test
  void theProcessorsBf16DoesNotMatterBesideAUsableGpu() {
    MachineFacts machine =
        new MachineFacts(PROCESSOR, 8, 0, SPACE, tuned(Map.of()), List.of(H200), 17);
    assertThat(Advice.of(machine, products(2e11, 1e11))).isEmpty();
  }

  @Test
  void aGpuThatTheBuildDoesNotUseIsReported() {
    GpuFacts refused =
        new GpuFacts("NVIDIA H200", "9.0", new TreeMap<>(Map.of("torch", "for CPUs only")));
    MachineFacts machine =
        new MachineFacts(PROCESSOR, 8, 0, SPACE, tuned(Map.of()), List.of(refused), 17);
    assertThat(only(machine).problem())
        .isEqualTo("NVIDIA H200 is not used by the engine torch: for CPUs only");
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 22})
  void otherJavasAreReported(int java) {
    MachineFacts machine =
        new MachineFacts(PROCESSOR, 8, 0, SPACE, tuned(Map.of()), List.of(), java);
    assertThat(only(machine).problem()).startsWith("this is Java " + java);
  }

  @Test
  void littleDiskAndLittleMemoryAreReported() {
    Space small = new Space(2_000_000_000, 1_000_000_000, 300_000_000);
    MachineFacts machine = new MachineFacts(PROCESSOR, 8, 0, small, tuned(Map.of()), List.of(), 17);
    assertThat(Advice.of(machine, List.of()))
        .extracting(Finding::problem)
        .satisfiesExactly(
            disk -> assertThat(disk).startsWith("there are 300 MB free"),
            memory -> assertThat(memory).isEqualTo("the machine has 2,000 MB of memory"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DISK_WRITE", "STORE_READ", "ALL_REDUCE", "GEMM_FP32", "GPU_GEMM_BF16"})
  void whatCannotBeMeasuredIsAFindingWithARemedy(String name) {
    Quantity quantity = Quantity.valueOf(name);
    List<Finding> findings =
        Advice.of(
            machine(PROCESSOR, 8, 0, Map.of()), List.of(Rate.failed(quantity, "it is broken")));
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).problem()).isEqualTo(quantity.label() + ": it is broken");
    assertThat(findings.get(0).remedy()).isNotBlank();
  }

  private static Finding only(MachineFacts machine) {
    List<Finding> findings = Advice.of(machine, List.of());
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  private static List<Rate> products(double fp32, double bf16) {
    return List.of(Rate.of(Quantity.GEMM_FP32, fp32), Rate.of(Quantity.GEMM_BF16, bf16));
  }

  private static MachineFacts machine(
      Processor processor, int cores, double load, Map<String, String> changed) {
    return new MachineFacts(processor, cores, load, SPACE, tuned(changed), List.of(), 17);
  }

  private static SortedMap<String, String> tuned(Map<String, String> changed) {
    Map<String, String> environment = new HashMap<>(NativeTuning.ENVIRONMENT);
    environment.putAll(changed);
    return new TreeMap<>(environment);
  }
}
