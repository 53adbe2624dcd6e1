package dev.larkspur.launch;

import java.util.Properties;

/** How the JVM ends with a command's exit code. */
public final class ProcessExit {
  private ProcessExit() {}

  /** Thrown to YARN's application master, which reports it with its own exit code. */
  public static final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailedException(int code) {
      super(
          "larkspur ended with exit code %d: its log says why".formatted(code), null, false, false);
    }
  }

  /**
   * Ends the JVM, so that threads of libraries cannot keep it alive. In YARN's cluster mode it
   * returns instead, or throws: there {@code main} runs inside the application master, which takes
   * any {@code System.exit} for a crash, reports FAILED, and runs the application again. To have
   * found nothing to do is a success there.
   */
  public static void with(int code) {
    Termination.commandEnded();
    if (!isApplicationMaster(System.getProperties())) {
      System.exit(code);
    }
    if (code != ExitCode.DONE && code != ExitCode.NOTHING_TO_DO) {
      throw new CommandFailedException(code);
    }
  }

  public static boolean isApplicationMaster(Properties properties) {
    return "yarn".equals(properties.getProperty("spark.master"))
        && "cluster".equals(properties.getProperty("spark.submit.deployMode"));
  }
}
