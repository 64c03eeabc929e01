namespace FanIn;

public abstract partial class Initializer
{
    /// <inheritdoc cref="MetaInitInitializer"/>
    public static MetaInitInitializer MetaInit(
        int steps = 500,
        double learningRate = 0.1,
        double momentum = 0.9,
        double epsilon = 1e-5,
        SearchStart start = SearchStart.HeNormal
    ) => (MetaInitInitializer)MetaInitInitializer.Form.With(steps, learningRate, momentum, epsilon, (int)start);
}

/// <summary>
/// Searches the norms of the weights for the least gradient quotient, mean |(g - H g) / (g + epsilon sign(g)) - 1| with g
/// the gradient of the loss and H its Hessian: how much a gradient step changes the gradient. 0 is a locally linear loss.
/// The data may be random: the loss need only be one of the network's outputs and of targets.
/// </summary>
/// <remarks>
/// Dauphin, Schoenholz: MetaInit: initializing learning by learning to initialize, 2019, equation 2 and its appendix's
/// code: gradient descent on each norm by the sign of its derivative, with momentum; the mean is over all trainable
/// parameters, in evaluation mode. The best norms seen are kept, where the paper keeps the last, and a step that would
/// make a norm 0 or negative halves it instead. Takes third derivatives of the loss.
/// </remarks>
public sealed class MetaInitInitializer : DataDrivenInitializer
{
    internal static readonly Form<Initializer> Form = new(
        "metainit",
        [
            FormParameter.Count("steps", 500),
            FormParameter.Positive("learning_rate", 0.1),
            FormParameter.NotNegative("momentum", 0.9),
            FormParameter.Positive("epsilon", 1e-5),
            StartParameter(SearchStart.HeNormal),
        ],
        (form, v) => new MetaInitInitializer(form, v)
    );

    private MetaInitInitializer(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments), Of((SearchStart)arguments[4])) =>
        (Steps, LearningRate, Momentum, Epsilon) = ((int)arguments[0], arguments[1], arguments[2], arguments[3]);

    /// <summary>How many steps are taken.</summary>
    public int Steps { get; }

    /// <summary>How far a norm moves in the first step.</summary>
    public double LearningRate { get; }

    /// <summary>Which share of the step before is taken again.</summary>
    public double Momentum { get; }

    /// <summary>Keeps small gradients from dividing by zero.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override bool NeedsLoss => true;
}
