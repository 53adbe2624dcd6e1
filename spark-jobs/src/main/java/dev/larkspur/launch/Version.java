package dev.larkspur.launch;

import dev.larkspur.run.JarVersion;
import picocli.CommandLine.IVersionProvider;

/** The version of the jar, and of the Java that runs it. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"larkspur %s (Java %s)".formatted(JarVersion.number(), Runtime.version())};
  }
}
