package dev.larkspur.train.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.train.SmallCorpus;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotsTest {
  @TempDir private static Path directory;

  /** Without a cluster to look for task slots on. */
  @Test
  void replicasInTheDriverNeedNoTaskSlots() {
    TrainingSettings training =
        SmallCorpus.settings(
                directory,
                "wrapper",
                "training.strategy=dl4j-parallel-wrapper",
                "training.engine=dl4j",
                "training.workers=16",
                "training.micro-batch=1",
                "training.threads-per-worker=1",
                "training.log-every=100",
                "checkpoint.every=100")
            .training();

    assertThat(Slots.of(null, training)).isEqualTo(new Slots(16, 1));
  }
}
