package dev.larkspur.storage;

/** An executor does not see files of the driver: what it wrote beside them would be lost. */
public final class UnsharedFilesException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  UnsharedFilesException(String what) {
    super(
        what
            + ": name a path that every host reaches, such as hdfs:// or s3a:// or a network file"
            + " system mounted at the same place, or run with --master local[*].",
        null);
  }
}
