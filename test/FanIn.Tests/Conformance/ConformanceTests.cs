namespace FanIn.Tests;

/// <summary>Planted faults are found and named; what is right passes.</summary>
public sealed class ConformanceTests
{
    private static readonly TensorDescription s_tensor = TensorDescription.Dense(2048, 512);
    private static readonly double s_std = Math.Sqrt(2.0 / 512);

    /// <summary>A rule that is right but for what a fault does to its values.</summary>
    private static ConformanceReport Check(
        Action<float[], RandomStream> fault,
        ElementDistribution? law = null,
        ConformanceOptions? options = null
    )
    {
        Initializer rule = Initializer.Custom(
            "mine",
            (values, _, stream) =>
            {
                float[] drawn = new float[values.Length];
                stream.FillNormal(drawn, 0, s_std);
                fault(drawn, stream);
                drawn.CopyTo(values);
            }
        );
        options ??= new();
        return Conformance.Check(
            rule,
            s_tensor,
            options with
            {
                Expected = law ?? ElementDistribution.Normal(0, s_std),
            }
        );
    }

    private static void AssertFails(ConformanceReport report, string test, string sentence)
    {
        Assert.False(report.Passed);
        ConformanceFinding finding = report.Find(test)!;
        Assert.False(finding.Passed, report.ToString());
        Assert.Contains(sentence, finding.Sentence, StringComparison.Ordinal);
        Assert.Contains($"* {test}: {finding.Sentence}", report.ToString(), StringComparison.Ordinal);
    }

    private static void Change(float[] values, Func<float, float> change)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = change(values[i]);
        }
    }

    [Fact]
    public void ARightRulePasses()
    {
        ConformanceReport report = Check((_, _) => { });
        Assert.True(report.Passed, report.ToString());
        Assert.Equal(
            [
                "finite",
                "not constant",
                "mean",
                "standard deviation",
                "bounds",
                "shape",
                "lower tail",
                "upper tail",
                "neighbours",
                "units",
                "equal units",
                "two keys",
                "two seeds",
                "same again",
                "layouts",
            ],
            report.Findings.Select(f => f.Name)
        );
        Assert.Empty(report.NotTested);
    }

    [Fact]
    public void AStandardDeviation3PercentOff()
    {
        ConformanceReport report = Check((values, _) => Change(values, x => x * 1.03f));
        AssertFails(report, "standard deviation", "1.0");
        Assert.InRange(report.Find("standard deviation")!.StandardErrors!.Value, 38, 49);
        AssertFails(report, "shape", "The shape is normal, as expected, but it isn't where it should be");
    }

    [Fact]
    public void AMeanAHundredthOfAStandardDeviationOff()
    {
        ConformanceReport report = Check((values, _) => Change(values, x => x + (0.01f * (float)s_std)));
        AssertFails(report, "mean", "standard errors off");
        Assert.True(report.Find("standard deviation")!.Passed);
    }

    /// <summary>Cut at 3 and widened for it: mean, standard deviation and the distribution as a whole don't show it.</summary>
    [Fact]
    public void ATailCutOffAt3()
    {
        Initializer cut = Initializer.TruncatedNormal(0, s_std, -3, 3, corrected: true);
        ConformanceReport report = Conformance.Check(
            cut,
            s_tensor,
            new() { Expected = ElementDistribution.Normal(0, s_std) }
        );
        AssertFails(report, "lower tail", "the tail is too light, or cut off");
        AssertFails(report, "upper tail", "the tail is too light, or cut off");
        Assert.True(report.Find("standard deviation")!.Passed);
    }

    [Fact]
    public void ATailTooHeavy()
    {
        // One element in a thousand three times as far out.
        int i = 0;
        ConformanceReport report = Check((values, _) => Change(values, x => i++ % 1000 == 0 ? 3 * x : x));
        AssertFails(report, "upper tail", "too heavy");
    }

    [Fact]
    public void CutAt2InsteadOf3()
    {
        ConformanceReport report = Conformance.Check(
            Initializer.TruncatedNormal(0, s_std),
            s_tensor,
            new() { Expected = ElementDistribution.TruncatedNormal(0, s_std, -3, 3) }
        );
        AssertFails(report, "shape", "a normal cut at 2 standard deviations, not a normal cut to [-3, 3]");
        AssertFails(report, "upper tail", "cut off");
    }

    [Fact]
    public void ACutThatForgetsToWiden()
    {
        ConformanceReport report = Conformance.Check(
            Initializer.TruncatedNormal(0, s_std),
            s_tensor,
            new() { Expected = Initializer.TruncatedNormal(0, s_std, corrected: true).Distribution(s_tensor) }
        );
        AssertFails(report, "standard deviation", "cut at 2 standard deviations and not widened for it");
    }

    [Fact]
    public void UniformInsteadOfNormal()
    {
        ConformanceReport report = Conformance.Check(
            Initializer.HeUniform(),
            s_tensor,
            new() { Expected = ElementDistribution.Normal(0, s_std) }
        );
        AssertFails(report, "shape", "The standard deviation is right, but the shape is uniform, not normal");
        Assert.True(report.Find("standard deviation")!.Passed);
    }

    [Fact]
    public void ClippedValuesAreOutsideOrHeapUp()
    {
        ConformanceReport report = Check(
            (values, _) => Change(values, x => (float)Math.Clamp(x, -2 * s_std, 2 * s_std)),
            ElementDistribution.TruncatedNormal(0, s_std)
        );
        AssertFails(report, "shape", "not a normal cut to [-2, 2]");
    }

    [Fact]
    public void OneElementOutside()
    {
        ConformanceReport report = Conformance.Check(
            "careless",
            (values, seed, key) =>
            {
                RandomStream.Create(seed, key).FillUniform(values, -1, 1);
                values[77] = 1.0001f;
            },
            ElementDistribution.Uniform(-1, 1),
            s_tensor
        );
        AssertFails(report, "bounds", "1 elements are outside [-1, 1], as far as [-");
        Assert.Equal(["bounds"], report.Findings.Where(f => !f.Passed).Select(f => f.Name));
    }

    [Fact]
    public void RowsTwice()
    {
        ConformanceReport report = Check(
            (values, _) =>
            {
                for (int row = 0; row < 2048; row += 2)
                {
                    values.AsSpan(row * 512, 512).CopyTo(values.AsSpan((row + 1) * 512));
                }
            }
        );
        AssertFails(report, "units", "correlated with those of the next one: 0.");
        AssertFails(report, "equal units", "1,024 of 2,048 units");
    }

    /// <summary>Two rows far from each other: no correlation shows that.</summary>
    [Fact]
    public void ARowFarAwayTwice()
    {
        ConformanceReport report = Check((values, _) => values.AsSpan(0, 512).CopyTo(values.AsSpan(700 * 512)));
        AssertFails(report, "equal units", "1 of 2,048 units have the weights of another one");
    }

    [Fact]
    public void NeighboursInCommon()
    {
        ConformanceReport report = Check(
            (values, _) =>
            {
                for (int i = values.Length - 1; i > 0; i--)
                {
                    values[i] = (0.995f * values[i]) + (0.1f * values[i - 1]);
                }
            }
        );
        AssertFails(report, "neighbours", "Each element is correlated with the next one: 0.");
    }

    [Fact]
    public void TheKeyIgnored()
    {
        ConformanceReport report = Check(
            (values, stream) => RandomStream.Create(stream.Seed, "").FillNormal(values, 0, s_std)
        );
        AssertFails(
            report,
            "two keys",
            "Values under the keys 'layer.weight' and 'other.weight' are the same: parameters of equal shape would be equal"
        );
        Assert.True(report.Find("two seeds")!.Passed);
    }

    [Fact]
    public void TheSeedIgnored()
    {
        ConformanceReport report = Check(
            (values, stream) => RandomStream.Create(5, stream.Key).FillNormal(values, 0, s_std)
        );
        AssertFails(report, "two seeds", "Values under the seeds 20 and 21 are the same: the seed is ignored");
        Assert.True(report.Find("two keys")!.Passed);
    }

    [Fact]
    public void HalfTheSameUnderTwoKeys()
    {
        ConformanceReport report = Check(
            (values, stream) =>
                RandomStream.Create(stream.Seed, "").FillNormal(values.AsSpan(0, values.Length / 2), 0, s_std)
        );
        AssertFails(report, "two keys", "are correlated: 0.5");
    }

    [Fact]
    public void AHiddenState()
    {
        int calls = 0;
        ConformanceReport report = Check(
            (values, stream) => RandomStream.Create(stream.Seed, $"{stream.Key}{calls++}").FillNormal(values, 0, s_std)
        );
        AssertFails(report, "same again", "elements are others when they are drawn again from the same seed and key");
    }

    [Fact]
    public void OneNaN()
    {
        ConformanceReport report = Check((values, _) => values[123] = float.NaN);
        AssertFails(report, "finite", "1 elements are NaN or infinite, the first of them at index 123");
        Assert.Contains("the distribution, since not all elements are finite.", report.NotTested);
    }

    [Fact]
    public void AllElementsEqual()
    {
        ConformanceReport report = Check((values, _) => values.AsSpan().Fill(0.5f));
        AssertFails(report, "not constant", "All elements equal 0.5");
        Assert.Null(report.Find("shape"));
        Assert.Contains("shape and tails, since all elements are equal.", report.NotTested);
    }

    [Fact]
    public void TheOtherFan()
    {
        ConformanceReport report = Conformance.Check(
            Initializer.HeNormal(FanMode.Out),
            s_tensor,
            new() { Expected = Initializer.HeNormal().Distribution(s_tensor) }
        );
        AssertFails(report, "standard deviation", "as if fan-out were taken for fan-in");
    }

    /// <summary>A custom rule that draws along the stored shape, not the connections, can't be told from here; a function that looks at the layout can.</summary>
    [Fact]
    public void OtherValuesInAnotherLayout()
    {
        Initializer rule = Initializer.Custom(
            "stored_order",
            (values, tensor, stream) =>
            {
                stream.FillNormal(values, 0, s_std);
                if (tensor.Layout == WeightLayout.Keras)
                {
                    values.Reverse();
                }
            }
        );
        ConformanceReport report = Conformance.Check(
            rule,
            s_tensor,
            new() { Expected = ElementDistribution.Normal(0, s_std) }
        );
        AssertFails(report, "layouts", "elements are others in the other layout");
    }

    [Fact]
    public void AnOrthogonalMatrixPasses()
    {
        foreach ((int rows, int columns) in ((int, int)[])[(512, 512), (300, 700), (700, 300)])
        {
            ConformanceReport report = Conformance.Check(
                Initializer.Orthogonal(Math.Sqrt(2)),
                TensorDescription.Dense(rows, columns)
            );
            Assert.True(report.Passed, report.ToString());
            Assert.InRange(report.Find("isometry")!.Statistic, 0, 1e-5);
        }
    }

    /// <summary>Independent normals of the right scale are no isometry.</summary>
    [Fact]
    public void NormalsAreNoIsometry()
    {
        ConformanceReport report = Conformance.Check(
            Initializer.LeCunNormal(),
            TensorDescription.Dense(512, 512),
            new() { Isometry = new(1) }
        );
        AssertFails(report, "isometry", "The matrix doesn't keep lengths times 1");
    }

    [Fact]
    public void AnOrthogonalMatrixOfAnotherGainFails()
    {
        ConformanceReport report = Conformance.Check(
            Initializer.Orthogonal(1.00002),
            TensorDescription.Dense(128, 64),
            new() { Isometry = new(1) }
        );
        AssertFails(report, "isometry", "E-05 off the identity's, where 1E-05 is allowed");
        Assert.InRange(report.Find("isometry")!.Statistic, 3.95e-5, 4.1e-5);
    }

    [Theory]
    [InlineData("zeros")]
    [InlineData("constant(0.1)")]
    [InlineData("normal(mean=2,std=0)")]
    [InlineData("orthogonal(gain=0)")]
    public void ConstantsAreCheckedForWhatApplies(string rule)
    {
        foreach (ElementType type in Enum.GetValues<ElementType>())
        {
            ConformanceReport report = Conformance.Check(
                Initializer.Parse(rule),
                TensorDescription.Dense(5, 7),
                new() { ElementType = type }
            );
            Assert.True(report.Passed, report.ToString());
            Assert.NotNull(report.Find("value"));
        }
    }

    [Fact]
    public void AnotherConstant()
    {
        ConformanceReport report = Conformance.Check(
            "ones",
            (values, _, _) => values.Fill(1),
            ElementDistribution.Point(2),
            TensorDescription.Plain(10)
        );
        AssertFails(report, "value", "Every element should be 2, but they go from 1 to 1");
    }

    /// <summary>Few elements: less is seen, and nothing is seen that isn't there.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(10, 10)]
    public void SmallTensorsPass(int outputs, int inputs)
    {
        foreach (
            string rule in (string[])["he_normal", "xavier_uniform", "truncated_normal", "orthogonal", "normal(mean=3)"]
        )
        {
            for (int seed = 0; seed < 20; seed++)
            {
                ConformanceReport report = Conformance.Check(
                    Initializer.Parse(rule),
                    TensorDescription.Dense(outputs, inputs),
                    new() { Seed = seed }
                );
                // A 1 x 1 orthogonal matrix is 1 or -1, under two keys often the same.
                Assert.True(report.Passed, report.ToString());
            }
        }
    }

    /// <summary>Two numbers of bfloat16 are equal once in a hundred pairs: that is no fault.</summary>
    [Fact]
    public void TwoEqualElementsAreNoConstant()
    {
        int equal = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            BFloat16[] pair = new BFloat16[2];
            Initializer.Uniform(1, 2).Fill(pair, TensorDescription.Plain(2), seed, "layer.weight");
            if (pair[0] == pair[1])
            {
                equal++;
                ConformanceReport report = Conformance.Check(
                    Initializer.Uniform(1, 2),
                    TensorDescription.Plain(2),
                    new() { ElementType = ElementType.BFloat16, Seed = seed }
                );
                Assert.True(report.Passed, report.ToString());
                Assert.Contains("whether the elements differ, since there are too few of them.", report.NotTested);
            }
        }
        Assert.InRange(equal, 1, 12);
    }

    /// <summary>A rule that refuses a layout is checked in the one that it has.</summary>
    [Fact]
    public void ARefusedLayoutIsNotTested()
    {
        Initializer rule = Initializer.Custom(
            "torch_only",
            (values, tensor, stream) =>
            {
                if (tensor.Layout == WeightLayout.Keras)
                {
                    throw new NotSupportedException("torch_only knows PyTorch's layout alone.");
                }
                stream.FillNormal(values);
            }
        );
        ConformanceReport report = Conformance.Check(
            rule,
            TensorDescription.Dense(32, 32),
            new() { Expected = ElementDistribution.Normal(0, 1) }
        );
        Assert.True(report.Passed, report.ToString());
        Assert.Equal(["the other layout: torch_only knows PyTorch's layout alone."], report.NotTested);
    }

    [Fact]
    public void GrossFaultsShowInAHundredElements()
    {
        ConformanceReport report = Conformance.Check(
            Initializer.Normal(0, 2),
            TensorDescription.Dense(10, 10),
            new() { Expected = ElementDistribution.Normal(0, 1) }
        );
        AssertFails(report, "standard deviation", "not 1");
    }

    /// <summary>A rule that states no law is checked for the rest, and the report says so.</summary>
    [Fact]
    public void WithoutALawTheRestIsTested()
    {
        Initializer rule = Initializer.Custom("mine", (values, _, stream) => stream.FillNormal(values));
        ConformanceReport report = Conformance.Check(rule, s_tensor);
        Assert.True(report.Passed, report.ToString());
        Assert.Null(report.Find("mean"));
        Assert.NotNull(report.Find("two keys"));
        Assert.Contains(
            "give one in ConformanceOptions.Expected",
            Assert.Single(report.NotTested),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "- not tested: mean, standard deviation, shape and bounds",
            report.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void UnitsMayBeAllowedToDependOnOneAnother()
    {
        ConformanceReport report = Check(
            (values, _) => values.AsSpan(0, 512).CopyTo(values.AsSpan(512)),
            options: new() { Independent = false }
        );
        Assert.True(report.Passed, report.ToString());
        Assert.Contains("neighbours and units, which this rule lets depend on one another.", report.NotTested);
    }

    [Fact]
    public void TheReportIsATable()
    {
        string[] lines = Conformance
            .Check(Initializer.HeNormal(), TensorDescription.Dense(64, 32))
            .ToString()
            .Split('\n');
        Assert.Equal("he_normal for [64, 32] torch, float32, seed 20: passed (16 of 16 tests passed)", lines[0]);
        Assert.Equal("(an initializer that is right fails such a check at a rate of at most 1E-06)", lines[1]);
        Assert.Matches("^ +test +found +expected +errors off +p at most$", lines[3]);
        Assert.Matches(@"^ok +standard deviation +0\.2\d+ +0\.25 +[+-]?\d\.\d +[\d.]+$", lines[7]);
    }

    [Fact]
    public void FaultyArgumentsAreNamed()
    {
        Initializer he = Initializer.HeNormal();
        ElementDistribution law = ElementDistribution.Normal(0, 1);
        ConformanceFill fill = (_, _, _) => { };
        Throws<NotSupportedException>(
            () => Conformance.Check(Initializer.Lsuv(), s_tensor),
            "lsuv is fitted to data that pass through a network, so a single tensor can't be checked; check what it starts from."
        );
        Throws<ArgumentException>(
            () => Conformance.Check(he, TensorDescription.Dense(0, 5)),
            "A tensor of shape [0, 5] has 0 elements; a check needs 1 to 2147483591, best about a million."
        );
        Throws<ArgumentException>(
            () => Conformance.Check(he, TensorDescription.Plain(5)),
            "he_normal needs a fan, but a tensor of shape [5] without a layout has none"
        );
        Throws<ArgumentException>(
            () => Conformance.Check(he, s_tensor, new() { OtherKey = "layer.weight" }),
            "Key and OtherKey are both 'layer.weight'; independence is tested between two keys."
        );
        Throws<ArgumentException>(
            () => Conformance.Check(he, s_tensor, new() { Key = null! }),
            "Key or OtherKey is null; the empty key is written \"\"."
        );
        Throws<ArgumentOutOfRangeException>(
            () => Conformance.Check(he, s_tensor, new() { ErrorRate = 1 }),
            "ErrorRate is 1; it lies between 0 and 1, for example 1e-6."
        );
        Throws<ArgumentOutOfRangeException>(
            () => Conformance.Check(he, s_tensor, new() { Isometry = new(0) }),
            "The isometry's gain is 0; it must be finite and above 0."
        );
        Throws<ArgumentException>(
            () => Conformance.Check("f", fill, law, s_tensor, new() { ElementType = ElementType.BFloat16 }),
            "A function fills float32, but ElementType is BFloat16; leave it out."
        );
        Throws<ArgumentException>(
            () => Conformance.Check("f", fill, law, s_tensor, new() { Expected = law }),
            "The expected law of a function is an argument of its own; leave Expected out of the options."
        );
        Assert.Throws<ArgumentException>(() => Conformance.Check(" ", fill, law, s_tensor));
        Assert.Throws<ArgumentNullException>(() => Conformance.Check("f", null!, law, s_tensor));
        Assert.Throws<ArgumentNullException>(() => Conformance.Check("f", fill, null!, s_tensor));
        Assert.Throws<ArgumentNullException>(() => Conformance.Check(he, null!));
        Assert.Throws<ArgumentNullException>(() => Conformance.Check(null!, s_tensor));

        static void Throws<T>(Action action, string message)
            where T : Exception =>
            Assert.StartsWith(message, Assert.Throws<T>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LawsOfOnesOwnAreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementDistribution.Normal(double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementDistribution.Normal(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementDistribution.Uniform(1, 0));
        Assert.Throws<ArgumentException>(() => ElementDistribution.TruncatedNormal(0, 1, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementDistribution.TruncatedNormal(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementDistribution.Point(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementDistribution.Sphere(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementDistribution.Sphere(3, -1));
        Assert.Equal(1 / Math.Sqrt(12), ElementDistribution.Uniform(2, 3).StandardDeviation, 1e-15);
        Assert.Equal(0.5, ElementDistribution.Sphere(4, 1).StandardDeviation, 1e-15);
        Assert.Equal(0.87962566103423978, ElementDistribution.TruncatedNormal(0, 1).StandardDeviation, 1e-14);
        Assert.Equal(
            (3.0, 0.0),
            (ElementDistribution.Point(3).Mean, ElementDistribution.Normal(3, 0).StandardDeviation)
        );
    }
}
