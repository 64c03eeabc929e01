namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// For the bias of a softmax classifier: b_k = ln(f_k / sum of f), so that the network starts by predicting how often
    /// each class occurs, and doesn't spend its first steps on learning that.
    /// </summary>
    /// <param name="frequencies">
    /// One a class, each above 0, in the order of the outputs: probabilities or counts, since only their ratios matter. A
    /// class that was never seen gets the count that you believe in, such as 1. Text form: <c>class_prior(0.9,0.1)</c>.
    /// </param>
    /// <exception cref="ArgumentException">There is none, or one isn't a finite number above 0.</exception>
    public static Initializer ClassPrior(params ReadOnlySpan<double> frequencies) =>
        FanIn.ClassPrior.Softmax.WithAll(frequencies);

    /// <summary>
    /// For the bias of sigmoid outputs, one a label: b_k = ln(p_k / (1 - p_k)), so that the network starts by predicting
    /// each label's own probability. All equal: <see cref="Focal"/>.
    /// </summary>
    /// <param name="probabilities">
    /// One an output, each above 0 and below 1; they needn't add up to anything. Text form: <c>log_odds(0.01,0.3)</c>.
    /// </param>
    /// <exception cref="ArgumentException">There is none, or one isn't a probability above 0 and below 1.</exception>
    public static Initializer LogOdds(params ReadOnlySpan<double> probabilities) =>
        FanIn.ClassPrior.Sigmoid.WithAll(probabilities);

    /// <summary>
    /// For the bias of the classification head of a dense detector: b = -ln((1 - prior) / prior) everywhere, so that each
    /// of the many boxes starts as an object with probability <paramref name="prior"/>, and the background's loss doesn't
    /// drown the rest at the first step. The head's weights are <c>normal(std=0.01)</c> there.
    /// </summary>
    /// <remarks>Lin, Goyal, Girshick, He, Dollár: Focal Loss for Dense Object Detection, 2017, sections 3.3 and 4.1.</remarks>
    public static Initializer Focal(double prior = 0.01) => FanIn.ClassPrior.FocalForm.With(prior);
}

/// <summary>b_k = ln of the k-th class's odds or share: as many elements as the rule has numbers.</summary>
internal sealed class ClassPrior : Initializer
{
    /// <summary>More classes than this have no text form that anybody could read.</summary>
    private const int MostClasses = 10_000;

    public static readonly Form<Initializer> Softmax = new(
        "class_prior",
        [FormParameter.Positive("frequencies", 1).List()],
        (form, v) => new ClassPrior(form, v, LogShares(v.List(0).AsSpan()))
    );

    public static readonly Form<Initializer> Sigmoid = new(
        "log_odds",
        [FormParameter.Probability("probabilities", 0.5).List()],
        (form, v) => new ClassPrior(form, v, [.. v.List(0).Select(LogOddsOf)])
    );

    public static readonly Form<Initializer> FocalForm = new(
        "focal",
        [FormParameter.Probability("prior", 0.01)],
        (form, v) => new Constant(form, v, LogOddsOf(v[0]))
    );

    private readonly double[] _biases;

    private ClassPrior(Form<Initializer> form, FormArguments arguments, double[] biases)
        : base(form.Name, form.Print(arguments))
    {
        if (biases.Length is 0 or > MostClasses)
        {
            throw new SpellingException(
                $"'{form.Name}' has {biases.Length} {form.Parameters[0].Name}; it takes from 1 to {MostClasses}, one an output"
            );
        }
        _biases = biases;
    }

    private protected override bool IsElementwise => false;

    /// <summary>Of an element taken at random: each of the biases is as likely.</summary>
    public override ElementDistribution Distribution(TensorDescription tensor)
    {
        CheckShape(tensor);
        return ElementDistribution.Mixture([.. _biases.Select(b => (1.0 / _biases.Length, ElementDistribution.At(b)))]);
    }

    public override ElementStructure Structure(TensorDescription tensor) => ElementStructure.Fixed;

    private protected override void FillElements<T>(Span<T> destination, TensorDescription tensor, RandomSource source)
    {
        CheckShape(tensor);
        for (int i = 0; i < _biases.Length; i++)
        {
            destination[i] = ElementValue.Of<T>(_biases[i], Name);
        }
    }

    private void CheckShape(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Shape.Length != 1 || tensor.Count != _biases.Length)
        {
            throw new ArgumentException(
                $"'{Name}' has {_biases.Length} {(_biases.Length == 1 ? "number" : "numbers")} and so is for a bias of shape [{_biases.Length}], not [{string.Join(", ", tensor.Shape)}].",
                nameof(tensor)
            );
        }
    }

    private static double[] LogShares(ReadOnlySpan<double> frequencies)
    {
        double sum = 0;
        foreach (double frequency in frequencies)
        {
            sum += frequency;
        }
        double logOfSum = CorrectlyRounded.Log(sum);
        var shares = new double[frequencies.Length];
        for (int i = 0; i < shares.Length; i++)
        {
            // Of shares near 1 the difference of logarithms would lose what they differ by.
            double rest = sum - frequencies[i];
            shares[i] =
                rest < frequencies[i] / 2
                    ? -CorrectlyRounded.Log1P(rest / frequencies[i])
                    : CorrectlyRounded.Log(frequencies[i]) - logOfSum;
        }
        return shares;
    }

    private static double LogOddsOf(double p) => -CorrectlyRounded.Log((1 - p) / p);
}
