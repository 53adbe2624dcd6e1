package dev.larkspur.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.benchmark.Agreement;
import dev.larkspur.benchmark.Agreement.Difference;
import dev.larkspur.benchmark.Agreement.Distribution;
import dev.larkspur.benchmark.ExchangeTime;
import dev.larkspur.benchmark.OperatorSampler.OperatorTime;
import dev.larkspur.benchmark.Seconds;
import dev.larkspur.benchmark.StepReport;
import dev.larkspur.benchmark.StepReport.MeasuredMachine;
import dev.larkspur.benchmark.StepReport.Product;
import dev.larkspur.benchmark.StepReport.Ratios;
import dev.larkspur.benchmark.StepReport.Shape;
import dev.larkspur.benchmark.StepReport.StepMeasured;
import dev.larkspur.benchmark.StepReport.StepTime;
import dev.larkspur.benchmark.StepReport.Subject;
import dev.larkspur.engine.GemmWorkload;
import dev.larkspur.engine.StepPart;
import dev.larkspur.report.chart.BarChart;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepReportTextTest {
  private static final Agreement AGREEMENT =
      new Agreement(2e-6, new Distribution(6.4e-3, 7.2e-3, 7.8e-3, new Difference("norm", 8.1e-3)));

  private static StepMeasured step(
      String engine, double seconds, Map<StepPart, Double> parts, ExchangeTime exchange) {
    return new StepMeasured(
        new Subject("dense", "bf16", engine + " 2.10", 1000, 1e9),
        new StepTime(
            new Seconds(List.of(seconds)),
            new Seconds(List.of(Double.NaN)),
            new Ratios(List.of(2.0, 1.5, 2.5)),
            new Ratios(List.of(0.5, 0.4, 0.625))),
        512.0 * (1 << 20),
        AGREEMENT,
        parts,
        exchange == null
            ? List.of()
            : List.of(
                new OperatorTime(StepPart.FFN, "linear", "Projection", 0.3),
                new OperatorTime(null, "Java", "Steps", 0.1)),
        exchange);
  }

  private static StepReport report(ExchangeTime exchange) {
    return new StepReport(
        new MeasuredMachine("Xeon 9000, amx_bf16", "cpu, 2 threads"),
        new Shape(768, 12, 32000, 256, 1024),
        List.of(
            new Product(
                "dense",
                "bf16",
                new GemmWorkload.Shape(1024, 768, 3072),
                new Ratios(List.of(8e11, 7e11, 9e11)))),
        List.of(
            step("torch", 0.5, Map.of(StepPart.FFN, 0.2), exchange),
            step("torch-plain", 1, Map.of(StepPart.FFN, 0.4, StepPart.HEAD, 0.05), null)));
  }

  @Test
  void theTablesHaveRatiosWithTheirSpread() {
    List<String> lines = StepReportText.of(report(null)).lines().toList();
    assertThat(lines)
        .first()
        .isEqualTo(
            "Xeon 9000, amx_bf16; cpu, 2 threads; 12 layers of width 768, vocabulary 32,000; steps"
                + " of 1,024 tokens in sequences of 256");
    assertThat(lines)
        .map(line -> line.replaceAll(" {2,}", " | "))
        .contains(
            "bf16 [1024, 768] x [768, 3072], beside dense | 800 | 700 - 900",
            "dense, bf16, torch | 0.500 | - | 2,048 | 2.00 | 1.50 - 2.50 | 50.0 | 40.0 - 62.5 | 512",
            "dense, bf16, torch | 2e-06 | 6.4e-03 | 7.2e-03 | 7.8e-03 | 8.1e-03 | norm",
            "step | FFN | head",
            "dense, bf16, torch | 200 | -",
            "dense, bf16, torch-plain | 400 | 50")
        .noneMatch(line -> line.contains("exchange") || line.contains("operator"));
  }

  @Test
  void exchangeAndOperatorsFollowIfTheyWereMeasured() {
    assertThat(StepReportText.of(report(new ExchangeTime(2, 0.0125, 0.003, 0.76, 1.85))).lines())
        .map(line -> line.replaceAll(" {2,}", " | "))
        .contains(
            "dense, bf16, torch | 2 | 12.5 | 3.0 | 76 | 1.85",
            "dense, bf16, torch: operators that take the most time",
            "linear | Projection | FFN | 300.0 | 75.0",
            "Java | Steps | - | 100.0 | 25.0");
  }

  @Test
  void thePlotsShowShareAndParts() {
    Map<String, BarChart> charts = StepReportText.charts(report(null));
    assertThat(charts).containsOnlyKeys("step", "step-parts");
    assertThat(charts.get("step").svg()).contains("dense, bf16", "50 %, 2,048 tokens/s");
    assertThat(charts.get("step-parts").svg()).contains("dense, bf16, torch-plain", "head");
  }
}
