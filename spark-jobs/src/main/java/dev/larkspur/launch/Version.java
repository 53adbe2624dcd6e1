package dev.larkspur.launch;

import picocli.CommandLine.IVersionProvider;

/** The version of the jar, and of the Java that runs it. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"larkspur %s (Java %s)".formatted(number(), Runtime.version())};
  }

  /** The version of the jar. */
  public static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
