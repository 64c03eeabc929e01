using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>What a pass of data gives back.</summary>
internal enum DataGives
{
    Nothing,
    Output,

    /// <summary>The loss, or else an output: its number of elements tells.</summary>
    Value,
}

/// <summary>Passes data through a model, and counts how often.</summary>
internal sealed class DataSource(Func<Tensor?> pass, DataGives gives)
{
    public DataGives Gives => gives;

    public int Passes { get; private set; }

    public void Pass()
    {
        using var scope = NewDisposeScope();
        Passes++;
        pass();
    }

    /// <summary>What the pass gives; belongs, as all that lies before it, to the caller's dispose scope.</summary>
    public Tensor Value(DataDrivenInitializer initializer)
    {
        Passes++;
        return pass()
            ?? throw new InvalidOperationException(
                $"{initializer} needs what the model gives, but the function returned null; return the loss."
            );
    }

    /// <summary>A loss of one element, with its history.</summary>
    public Tensor Loss(DataDrivenInitializer initializer)
    {
        Tensor loss = Value(initializer);
        if (loss.numel() != 1)
        {
            throw new InvalidOperationException(
                $"{initializer} needs a loss of one number, but the function returned a tensor of shape [{string.Join(", ", loss.shape)}]; reduce it, for example by its mean."
            );
        }
        return loss.requires_grad
            ? loss
            : throw new InvalidOperationException(
                $"{initializer} needs a loss that depends on the model's parameters, but no gradient leads from it to them; "
                    + "compute it from the model's output, without no_grad or detach."
            );
    }

    /// <summary>The sentence that says what is missing for an initializer; null if nothing is.</summary>
    public static string? Missing(DataSource? source, DataDrivenInitializer initializer) =>
        initializer.NeedsLoss && source is not { Gives: DataGives.Value }
            ? $"{initializer} needs a loss: give Initialize a function that passes a batch through the model and returns its loss, one number"
        : source is null
            ? $"{initializer} is fitted to data: give Initialize a batch, or a function that passes one through the model"
        : initializer is KrahenbuhlInitializer { Equalize: true } && source.Gives == DataGives.Nothing
            ? $"{initializer} compares gradients: give Initialize a function that returns the loss or the model's output, or take krahenbuhl(equalize=false)"
        : null;
}
