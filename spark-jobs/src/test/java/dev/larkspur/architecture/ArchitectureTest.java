package dev.larkspur.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.larkspur.architecture.circle.left.Left;
import dev.larkspur.architecture.circle.right.Right;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The module rules of docs/architecture.md, on the compiled classes of all modules. */
class ArchitectureTest {
  private static final String PROJECT = "dev.larkspur..";
  private static final String DL4J = "dev.larkspur.engine.dl4j..";
  private static final int MOST_PARAMETERS = 7;

  /** Where a class lies: in a module's build folder, or in the jar of its artifact. */
  private static final Pattern MODULE =
      Pattern.compile(".*/(?:larkspur-)?(model-core|data-prep|spark-jobs)[-/].*");

  private static final ArchRule NO_PACKAGE_CYCLE =
      slices().matching("dev.larkspur.(**)").should().beFreeOfCycles();

  private static final ArchRule FEW_PARAMETERS =
      codeUnits().that(areWrittenByHand()).should(haveAtMost(MOST_PARAMETERS));

  private static JavaClasses project;

  @BeforeAll
  static void importProject() {
    // Names are enough of what is outside the project: looking into Spark and LibTorch takes time.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    project =
        new ClassFileImporter()
            .withImportOption(
                location ->
                    !location.contains("/test-classes/") && !location.contains("-tests.jar"))
            .importPackages("dev.larkspur");
  }

  @Test
  void packagesHaveNoCycle() {
    NO_PACKAGE_CYCLE.check(project);
  }

  @Test
  void aPackageCycleIsReported() {
    assertThat(NO_PACKAGE_CYCLE.evaluate(fixtures()).getFailureReport().toString())
        .contains("Cycle detected", "architecture.circle.left", "architecture.circle.right");
  }

  @Test
  void modelCoreKnowsNeitherSparkNorHadoop() {
    noClasses()
        .that(areIn("model-core"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..")
        .check(project);
  }

  @Test
  void dataPrepKnowsNoEngine() {
    noClasses()
        .that(areIn("data-prep"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..", "dev.larkspur.engine..")
        .check(project);
  }

  @Test
  void modelCoreAndDataPrepDoNotKnowEachOther() {
    noClasses()
        .that(areIn("model-core"))
        .should()
        .dependOnClassesThat(areIn("data-prep").or(areIn("spark-jobs")))
        .check(project);
    noClasses()
        .that(areIn("data-prep"))
        .should()
        .dependOnClassesThat(areIn("model-core").or(areIn("spark-jobs")))
        .check(project);
  }

  @Test
  void onlyEnginesKnowNatives() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.larkspur.engine.torch..", DL4J)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(project);
  }

  @Test
  void onlyTheTorchEngineKnowsLibTorch() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.larkspur.engine.torch..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco.pytorch..")
        .check(project);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev.larkspur.engine.torch..", DL4J})
  void enginesAreFoundByName(String engine) {
    noClasses()
        .that()
        .resideOutsideOfPackages(engine, "dev.larkspur.strategy.dl4j..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(engine)
        .check(project);
  }

  @Test
  void storageIsTheGroundFloor() {
    noClasses()
        .that()
        .resideInAPackage("dev.larkspur.storage..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(PROJECT).and(resideOutsideOfPackage("dev.larkspur.storage..")))
        .check(project);
  }

  @Test
  void nobodyKnowsTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.larkspur.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.larkspur.cli..")
        .check(project);
  }

  @Test
  void packagesSayWhatTheyAreFor() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..misc..")
        .check(project);
  }

  @Test
  void nothingTakesMoreThanSevenParameters() {
    FEW_PARAMETERS.check(project);
  }

  @Test
  void aWideRecordIsReported() {
    assertThat(FEW_PARAMETERS.evaluate(fixtures()).getFailureReport().getDetails())
        .singleElement()
        .asString()
        .contains("circle.right.Right", "has 8 parameters");
  }

  private static JavaClasses fixtures() {
    return new ClassFileImporter().importClasses(Left.class, Right.class);
  }

  private static DescribedPredicate<JavaClass> areIn(String module) {
    return describe("are in " + module, type -> module(type).equals(Optional.of(module)));
  }

  private static Optional<String> module(JavaClass type) {
    return type.getSource()
        .map(source -> MODULE.matcher(source.getUri().toString()))
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1));
  }

  private static DescribedPredicate<JavaCodeUnit> areWrittenByHand() {
    return describe(
        "are written by hand",
        unit ->
            !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !unit.getOwner().isAnonymousClass()
                && !unit.getOwner().isLocalClass());
  }

  private static ArchCondition<JavaCodeUnit> haveAtMost(int most) {
    return new ArchCondition<>("have at most " + most + " parameters") {
      @Override
      public void check(JavaCodeUnit unit, ConditionEvents events) {
        int count = writtenParameters(unit);
        if (count > most) {
          events.add(
              SimpleConditionEvent.violated(
                  unit, "%s has %d parameters".formatted(unit.getFullName(), count)));
        }
      }
    };
  }

  /** Without the name and the ordinal of an enum constant, and the enclosing instance. */
  private static int writtenParameters(JavaCodeUnit unit) {
    List<JavaClass> all = unit.getRawParameterTypes();
    if (!unit.isConstructor()) {
      return all.size();
    }
    JavaClass owner = unit.getOwner();
    return all.size() - (owner.isEnum() ? 2 : owner.isInnerClass() ? 1 : 0);
  }
}
