package dev.larkspur.train.driver;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.cluster.Slots;
import java.util.ArrayList;
import java.util.List;

/** What a training says of its workers before they start. */
final class WorkerNotes {
  private WorkerNotes() {}

  /**
   * One sentence for each.
   *
   * @param master of Spark
   */
  static List<String> of(Slots slots, Settings settings, String master) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "%s of %s on a CPU"
            .formatted(Count.of(slots.workers(), "worker"), Count.of(slots.threads(), "thread")));
    if (slots.workers() > 1
        && master.startsWith("local")
        && settings.training().exchange().wire() == WireDtype.BF16) {
      notes.add(
          "training.exchange.wire = bf16 is for links between hosts: workers on the CPUs of one"
              + " host exchange gradients in fp32, which takes less time");
    }
    return notes;
  }
}
