package dev.larkspur.doctor;

import java.util.List;
import java.util.SortedMap;

/**
 * What the command doctor shows.
 *
 * @param versions of Larkspur, Java, Spark and the engines' libraries, by name
 * @param machine what the system reports
 * @param rates measured; empty if nothing was
 * @param findings what is wrong; empty if nothing is
 */
public record DoctorReport(
    SortedMap<String, String> versions,
    MachineFacts machine,
    List<Rate> rates,
    List<Finding> findings) {
  /** Copies the lists. */
  public DoctorReport {
    rates = List.copyOf(rates);
    findings = List.copyOf(findings);
  }
}
