package dev.larkspur.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.benchmark.Processor;
import dev.larkspur.doctor.MachineFacts.Space;
import dev.larkspur.doctor.Rate.Quantity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DoctorReportTextTest {
  private static final MachineFacts MACHINE =
      new MachineFacts(
          new Processor("Xeon 9000", List.of("avx2", "amx_bf16"), 8),
          4,
          0,
          new Space(16_000_000_000L, 2_000_000_000L, 5_000_000_000L),
          new TreeMap<>(Map.of("OMP_WAIT_POLICY", "passive")),
          List.of(),
          17);

  @Test
  void ratesAndFindingsFollowTheMachine() {
    List<Rate> rates =
        List.of(
            new Rate(Quantity.GEMM_FP32, 2.5e11, null),
            new Rate(Quantity.STORE_WRITE, Double.NaN, "no such bucket"));
    assertThat(text(rates, List.of(new Finding("it is slow", "buy another"))))
        .isEqualTo(
            """
            machine
              processor    Xeon 9000, avx2, amx_bf16
              cores        4 of 8
              memory       16,000 MB, of which Java's heap may take 2,000 MB
              disk         5,000 MB free where native libraries are unpacked
              environment  OMP_WAIT_POLICY=passive
            measured
              matrix products, fp32                     250.00 GFLOP/s
              storage, write                         not measured: no such bucket
            findings
              - it is slow
                remedy: buy another
            """);
  }

  @Test
  void withoutMeasurementsAndFindingsItSaysSo() {
    assertThat(text(List.of(), List.of())).endsWith("=passive\nfindings\n  none\n");
  }

  private static String text(List<Rate> rates, List<Finding> findings) {
    return DoctorReportText.of(new DoctorReport(new TreeMap<>(), MACHINE, rates, findings));
  }
}
