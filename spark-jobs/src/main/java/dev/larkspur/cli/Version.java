package dev.larkspur.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the jar, and of the Java that runs it. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "larkspur %s (Java %s)"
          .formatted(version == null ? "development" : version, Runtime.version())
    };
  }
}
