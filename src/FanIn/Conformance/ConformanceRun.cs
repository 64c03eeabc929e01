namespace FanIn;

/// <summary>One check: draws, tests in order, and what couldn't be tested.</summary>
internal sealed class ConformanceRun(
    ConformanceSubject subject,
    ConformanceOptions options,
    ElementDistribution? law,
    ElementStructure structure,
    Isometry? isometry
)
{
    // What happens by chance so much more rarely than the error rate adds nothing to it.
    private const double Negligible = 1e-3;

    private readonly List<OpenFinding> _findings = [];
    private readonly List<string> _notTested = [];
    private readonly ElementGrid _grid = ElementGrid.Of(subject.Type);

    public ConformanceReport Report()
    {
        double[] first = subject.Draw(options.Seed, options.Key);
        double[] otherKey = subject.Draw(options.Seed, options.OtherKey);
        double[] otherSeed = subject.Draw(options.Seed.Following(1), options.Key);
        // After the others, so that a hidden state shows.
        double[] again = subject.Draw(options.Seed, options.Key);

        long notFinite = first.LongCount(x => !double.IsFinite(x));
        _findings.Add(
            new(
                new("finite")
                {
                    Statistic = notFinite,
                    Expected = 0,
                    Bound = 0,
                },
                "All elements are finite.",
                () =>
                    $"{notFinite:#,0} elements are NaN or infinite, the first of them at index {Array.FindIndex(first, x => !double.IsFinite(x)):#,0}."
            )
        );
        if (notFinite > 0)
        {
            _notTested.Add("the distribution, since not all elements are finite.");
        }
        else
        {
            Distribution(new(first));
            double[] canonical = RepeatChecks.Canonical(first, subject.Tensor);
            if (isometry is { } promised)
            {
                _findings.Add(IsometryCheck.Of(canonical, subject.Tensor, promised, subject.Type));
            }
            Independence(new(first), canonical, otherKey, otherSeed);
        }
        Repeats(first, again, otherKey, otherSeed);
        double rate = options.ErrorRate / Math.Max(1, _findings.Count(f => f.Finding.PValue is not null));
        return new(subject.Name)
        {
            Tensor = subject.Tensor,
            Options = options,
            Findings = [.. _findings.Select(f => f.Close(rate))],
            NotTested = [.. _notTested],
        };
    }

    private void Distribution(ConformanceSample sample)
    {
        double n = sample.Values.Length / structure.Copies;
        RoundedLaw? rounded = law is null ? null : new(law, _grid, n);
        if (!structure.IsFixed)
        {
            NotConstant(sample, rounded);
        }
        if (law is null || rounded is null)
        {
            _notTested.Add(
                "mean, standard deviation, shape and bounds, since the rule states no law of its elements; give one in ConformanceOptions.Expected."
            );
            return;
        }
        if (law.StandardDeviation == 0)
        {
            Value(sample);
            return;
        }
        if (structure.IsFixed)
        {
            FixedMoments(sample);
        }
        else
        {
            _findings.Add(MomentChecks.Mean(sample, rounded, n));
            if (sample.Values.Length > 1)
            {
                _findings.Add(MomentChecks.Std(sample, rounded, n, subject.Tensor.Fan));
            }
        }
        double slack = isometry is null ? 0 : 1e-5 * Math.Sqrt(sample.Values.Length);
        _findings.Add(
            ShapeChecks.Bounds(sample, rounded, subject.Initializer is not null && options.Expected is null, slack)
        );
        if (structure.IsFixed)
        {
            return;
        }
        if (sample.IsConstant)
        {
            _notTested.Add("shape and tails, since all elements are equal.");
            return;
        }
        _findings.Add(ShapeChecks.Shape(sample, rounded, n));
        _findings.AddRange(ShapeChecks.Tails(sample, rounded, n));
    }

    /// <summary>Where chance alone wouldn't make all elements equal.</summary>
    private void NotConstant(ConformanceSample sample, RoundedLaw? rounded)
    {
        if (law is { StandardDeviation: 0 })
        {
            return;
        }
        // The commonest value's probability at most; of a law that nobody gave, that of a number of bfloat16.
        double likeliest = rounded is null ? 1.0 / 128 : rounded.Discrete.Probabilities.Max();
        double chance = CorrectlyRounded.Exp((sample.Values.Length - 1) * CorrectlyRounded.Log(likeliest));
        if (chance > options.ErrorRate * Negligible)
        {
            _notTested.Add("whether the elements differ, since there are too few of them.");
            return;
        }
        _findings.Add(
            new(
                new("not constant")
                {
                    Statistic = sample.IsConstant ? 1 : 2,
                    Expected = 2,
                    Bound = 0,
                },
                "Not all elements are equal.",
                () =>
                    $"All elements equal {sample.Least:G6}: the units of the layer get the same gradient at every step and stay equal for ever."
            )
        );
    }

    /// <summary>Every element is the one value, rounded.</summary>
    private void Value(ConformanceSample sample)
    {
        double value = _grid.Nearest(law!.Mean);
        double farthest = Math.Abs(sample.Least - value) > Math.Abs(sample.Most - value) ? sample.Least : sample.Most;
        _findings.Add(
            new(
                new("value")
                {
                    Statistic = farthest,
                    Expected = value,
                    Bound = 0,
                },
                "Every element is the value that the rule says.",
                () => $"Every element should be {value:G6}, but they go from {sample.Least:G6} to {sample.Most:G6}."
            )
        );
    }

    /// <summary>Of values that follow from the shape the law is their very distribution.</summary>
    private void FixedMoments(ConformanceSample sample)
    {
        double std = Math.Sqrt(sample.Variance);
        double bound = Math.Max(1e-6, 2 * _grid.Precision) * (law!.StandardDeviation + Math.Abs(law.Mean));
        _findings.Add(
            new(
                new("mean")
                {
                    Statistic = sample.Mean,
                    Expected = law.Mean,
                    Bound = bound,
                },
                "The mean is the law's.",
                () => $"The mean is {sample.Mean:G6}, not {law.Mean:G6}."
            )
        );
        _findings.Add(
            new(
                new("standard deviation")
                {
                    Statistic = std,
                    Expected = law.StandardDeviation,
                    Bound = bound,
                },
                "The standard deviation is the law's.",
                () => $"The standard deviation is {std:G6}, not {law.StandardDeviation:G6}."
            )
        );
    }

    private void Independence(ConformanceSample sample, double[] canonical, double[] otherKey, double[] otherSeed)
    {
        if (structure.IsFixed)
        {
            return;
        }
        if (sample.IsConstant)
        {
            _notTested.Add("neighbours and units, since all elements are equal.");
        }
        else if (options.Independent ?? structure.IsUncorrelated)
        {
            int before = _findings.Count;
            _findings.AddRange(IndependenceChecks.Neighbours(canonical));
            _findings.AddRange(
                IndependenceChecks.Units(
                    canonical,
                    canonical.Length / IsometryCheck.Rows(subject.Tensor),
                    sample.LargestShare(),
                    options.ErrorRate * Negligible
                )
            );
            if (_findings.Count == before)
            {
                _notTested.Add("neighbours and units, since there are too few elements.");
            }
        }
        else
        {
            _notTested.Add("neighbours and units, which this rule lets depend on one another.");
        }
        if (sample.Values.Length < 2)
        {
            _notTested.Add("two keys and two seeds, since there is one element only.");
            return;
        }
        if (!structure.IsOfOneLaw)
        {
            _notTested.Add("two keys and two seeds, since places with other laws are alike under all of them.");
            return;
        }
        double n = sample.Values.Length / structure.Copies;
        _findings.Add(
            IndependenceChecks.Between(
                "two keys",
                $"the keys {Spelling.Quote(options.Key)} and {Spelling.Quote(options.OtherKey)}",
                sample.Values,
                otherKey,
                n,
                "parameters of equal shape would be equal"
            )
        );
        _findings.Add(
            IndependenceChecks.Between(
                "two seeds",
                $"the seeds {options.Seed} and {options.Seed.Following(1)}",
                sample.Values,
                otherSeed,
                n,
                "the seed is ignored"
            )
        );
    }

    private void Repeats(double[] first, double[] again, double[] otherKey, double[] otherSeed)
    {
        _findings.Add(
            RepeatChecks.Same(
                "same again",
                first,
                again,
                "The same seed and key give the same values, whatever was drawn between.",
                "when they are drawn again from the same seed and key"
            )
        );
        if (structure.IsFixed)
        {
            const string Right = "The values are the same under every seed and key.";
            _findings.Add(
                RepeatChecks.Same("two keys", first, otherKey, Right, "under another key, though the rule is fixed")
            );
            _findings.Add(
                RepeatChecks.Same("two seeds", first, otherSeed, Right, "under another seed, though the rule is fixed")
            );
        }
        if (subject.Initializer is not { } initializer)
        {
            return;
        }
        if (initializer.FillsPartsOf(subject.Tensor))
        {
            _findings.Add(
                RepeatChecks.Same(
                    "parts",
                    first,
                    subject.DrawParts(options.Seed, options.Key),
                    "Parts of the tensor are what they are in the whole.",
                    "when the tensor is filled in parts"
                )
            );
        }
        double[]? other = null;
        try
        {
            other = RepeatChecks.InOtherLayout(subject, options.Seed, options.Key);
        }
        catch (NotSupportedException e)
        {
            _notTested.Add($"the other layout: {e.Message}");
        }
        if (other is not null)
        {
            _findings.Add(
                RepeatChecks.Same(
                    "layouts",
                    RepeatChecks.Canonical(first, subject.Tensor),
                    other,
                    "A connection has the same value in PyTorch's and in Keras's layout.",
                    "in the other layout (Keras's for PyTorch's, or PyTorch's for Keras's)"
                )
            );
        }
    }
}
