package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.larkspur.storage.BadInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategySettingsTest {
  private static final String WRAPPER =
      """
      run.dir = runs/test
      data.corpus = corpora/test
      model { hidden-dim = 64, layers = 2, query-heads = 4, ffn { kind = low-rank, rank = 8 } }
      training {
        steps = 10, learning-rate = 1e-3, global-batch = 8, micro-batch = 2
        strategy = dl4j-parallel-wrapper, engine = dl4j, precision = fp32
      }
      """;

  private static Settings load(Purpose purpose, String... assignments) {
    SettingsLoader loader = new SettingsLoader().text("test.conf", WRAPPER);
    for (String assignment : assignments) {
      loader.set(assignment);
    }
    return loader.load(purpose);
  }

  @Test
  void everyPassOfAStepHasAReplica() {
    assertThat(load(Purpose.TRAIN).training().workers()).hasValue(4);
    assertThat(load(Purpose.TRAIN, "training.workers=4").training().workers()).hasValue(4);
    assertThat(load(Purpose.TRAIN, "training.strategy=all-reduce").training().workers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          training.engine=torch                   | training.strategy           | it computes with the engine dl4j only
          training.engine=torch training.precision=bf16 | training.precision    | computes in fp32
          training.device=cuda                    | training.device             | computes on CPUs
          training.self-guided.mode=fixed-step    | training.self-guided.mode   | trains without guides
          training.shard-optimizer=true           | training.shard-optimizer    | keeps all moments
          training.exchange.compression=threshold | training.exchange.compression | exchanges in its own way
          training.workers=2                      | training.workers            | in one pass
          training.micro-batch=8                  | training.micro-batch        | at least two replicas
          training.max-skipped=3                  | training.max-skipped        | not finite
          training.loss-spike-z-score=6           | training.loss-spike-z-score | skips no update
          training.exchange.wire=bf16             | training.exchange.wire      | exchanges in fp32
          training.exchange.bucket-bytes=1MiB     | training.exchange.bucket-bytes | in parts
          training.collective-timeout=1m          | training.collective-timeout | training.dl4j.stall-timeout
          training.network-interface=eth0         | training.network-interface  | spark.driver.host
          training.rendezvous-ports=29500         | training.rendezvous-ports   | UDP ports
          training.log-every=20                   | training.log-every          | after each round
          checkpoint.every=50                     | checkpoint.every            | after each round
          training.dl4j.round-steps=0             | training.dl4j.round-steps   | must be at least 1
          training.dl4j.max-replica-distance=0    | training.dl4j.max-replica-distance | must be above 0
          training.dl4j.stall-timeout=10ms        | training.dl4j.stall-timeout | must be at least
          """)
  void whatItCannotDoIsRefused(String assignments, String key, String message) {
    SettingsException refused =
        catchThrowableOfType(
            SettingsException.class, () -> load(Purpose.TRAIN, assignments.split(" ")));

    assertThat(refused.problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.key()).isEqualTo(key);
              assertThat(problem.message()).contains(message);
              assertThat(problem.remedy()).isNotEmpty();
            });
  }

  @Test
  void whatARoundDoesMayBeSet() {
    assertThatCode(
            () ->
                load(
                    Purpose.TRAIN,
                    "training.dl4j.round-steps=50",
                    "checkpoint.every=50",
                    "training.log-every=50",
                    "training.validation-every=75",
                    "training.max-skipped=5",
                    "training.exchange.wire=fp32"))
        .doesNotThrowAnyException();
  }

  @Test
  void aTrainedModelIsUsedWithAnyEngine() {
    assertThatCode(() -> load(Purpose.EVALUATE, "training.engine=torch"))
        .doesNotThrowAnyException();
  }

  @Test
  void parallelWrapperNeedsNoExecutors() {
    StrategySettings strategy = load(Purpose.TRAIN).training().strategy();

    for (String master : List.of("local", "local[2]", "local[*]")) {
      assertThatCode(() -> strategy.requireFor(master)).doesNotThrowAnyException();
    }
    for (String master : List.of("spark://host:7077", "yarn", "local-cluster[2,1,1024]")) {
      assertThatThrownBy(() -> strategy.requireFor(master))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("training.strategy = dl4j-parallel-wrapper")
          .hasMessageContaining("--master local[*]");
    }
  }
}
