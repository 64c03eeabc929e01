namespace FanIn;

/// <summary>One logical tensor of a plan's row: the whole parameter, or a block of a packed one.</summary>
/// <param name="Key">What its random numbers hang on, beside the seed.</param>
/// <param name="Tensor">The logical tensor: its fan is the one that counts.</param>
/// <param name="Initializer">Its rule, or null where its present values are kept.</param>
public sealed record PlanPart(string Key, TensorDescription Tensor, Initializer? Initializer)
{
    /// <summary>What its random numbers hang on, beside the seed.</summary>
    public string Key
    {
        get;
        init => field = Require.Given(value, nameof(Key));
    } = Require.Given(Key, nameof(Key));

    /// <summary>The logical tensor: its fan is the one that counts.</summary>
    public TensorDescription Tensor
    {
        get;
        init => field = Require.Given(value, nameof(Tensor));
    } = Require.Given(Tensor, nameof(Tensor));

    /// <summary>The standard deviation of its elements by formula; null where the rule doesn't say.</summary>
    public double? StandardDeviation => Initializer?.StandardDeviation(Tensor);
}
