package dev.larkspur.run;

/** The version of this jar, which everything that it writes names. */
public final class JarVersion {
  private JarVersion() {}

  /** With the commit, such as "0.1.0+5d5ba0d6d33d"; "development" for classes outside of a jar. */
  public static String number() {
    String version = JarVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
