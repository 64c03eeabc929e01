namespace FanIn;

/// <summary>The optimizers whose first step <see cref="GradInitInitializer"/> prepares for.</summary>
public enum FirstStep
{
    /// <summary>Plain gradient descent: a step along g, its length bounded by the 2-norm of g.</summary>
    Sgd,

    /// <summary>Adam, whose first step is along sign(g): bounded by the 1-norm of g.</summary>
    Adam,
}

public abstract partial class Initializer
{
    /// <inheritdoc cref="GradInitInitializer"/>
    public static GradInitInitializer GradInit(
        FirstStep optimizer = FirstStep.Sgd,
        double stepSize = 0.1,
        double gamma = 1,
        int steps = 390,
        double learningRate = 0.01,
        SearchStart start = SearchStart.HeNormal
    ) =>
        (GradInitInitializer)
            GradInitInitializer.Form.With((int)optimizer, stepSize, gamma, steps, learningRate, (int)start);
}

/// <summary>
/// Searches a scale for each weight, 0.01 at least, such that one step of the optimizer lowers the loss most:
/// min over m of L(w(m) - <see cref="StepSize"/> A(g)) subject to |g| at most <see cref="Gamma"/>, with g the gradient at
/// w(m) = (m_1 w_1, m_2 w_2 ...). For plain gradient descent A(g) = g and |g| is the 2-norm, for Adam A(g) = sign(g) and
/// |g| the 1-norm.
/// </summary>
/// <remarks>
/// Zhu, Ni, Xu, Kong, Huang, Goldstein: GradInit: learning to initialize neural networks for stable and efficient
/// training, 2021, algorithm 1: Adam on the scales, on the gradient's norm while it is above <see cref="Gamma"/> and on
/// the loss after the step else. Batch normalization uses the batch, dropout is off. Of all scales seen, the best within
/// the bound are kept, where the paper keeps the last; if none is within it, those of the least norm. Takes second
/// derivatives of the loss.
/// </remarks>
public sealed class GradInitInitializer : DataDrivenInitializer
{
    /// <summary>The least scale, as in the paper.</summary>
    public const double LeastScale = 0.01;

    internal static readonly Form<Initializer> Form = new(
        "gradinit",
        [
            FormParameter.Choice("optimizer", FirstStep.Sgd),
            FormParameter.Positive("step_size", 0.1),
            FormParameter.Positive("gamma", 1),
            FormParameter.Count("steps", 390),
            FormParameter.Positive("learning_rate", 0.01),
            StartParameter(SearchStart.HeNormal),
        ],
        (form, v) => new GradInitInitializer(form, v)
    );

    private GradInitInitializer(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments), Of((SearchStart)arguments[5])) =>
        (Optimizer, StepSize, Gamma, Steps, LearningRate) = (
            (FirstStep)arguments[0],
            arguments[1],
            arguments[2],
            (int)arguments[3],
            arguments[4]
        );

    /// <summary>Whose first step is meant.</summary>
    public FirstStep Optimizer { get; }

    /// <summary>The optimizer's learning rate.</summary>
    public double StepSize { get; }

    /// <summary>What the gradient's norm may be at most.</summary>
    public double Gamma { get; }

    /// <summary>How many steps of the search are taken.</summary>
    public int Steps { get; }

    /// <summary>The search's own learning rate, Adam's.</summary>
    public double LearningRate { get; }

    /// <inheritdoc/>
    public override bool NeedsLoss => true;
}
