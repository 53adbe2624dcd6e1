package dev.larkspur.train.driver;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.cluster.Devices;
import dev.larkspur.train.cluster.Slots;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;

/** What a training says of its workers before they start. */
final class WorkerNotes {
  private WorkerNotes() {}

  /**
   * One sentence for each.
   *
   * @param conf of Spark
   */
  static List<String> of(Slots slots, Settings settings, SparkConf conf) {
    List<String> notes = new ArrayList<>();
    boolean gpus = Devices.areGpus(conf, settings.training().compute(), slots.workers());
    String workers = Count.of(slots.workers(), "worker");
    notes.add(
        gpus
            ? "%s, each on a GPU".formatted(workers)
            : "%s of %s on a CPU".formatted(workers, Count.of(slots.threads(), "thread")));
    if (slots.workers() > 1
        && !gpus
        && Slots.areEmbedded(conf)
        && settings.training().exchange().wire() == WireDtype.BF16) {
      notes.add(
          "training.exchange.wire = bf16 is for links between hosts: workers on the CPUs of one"
              + " host exchange gradients in fp32, which takes less time");
    }
    return notes;
  }
}
